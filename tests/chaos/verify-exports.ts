/** Exports each poll by the project's own command, and checks it by the other one, with anchors read from Kafka. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ended, startChild } from '../../local/child.ts'
import { topics } from '../../contracts/events.ts'
import { keysPath } from '../../contracts/signing.ts'
import { until } from '../house.ts'
import { readAll } from '../read-topic.kafka.ts'
import { faultText } from './fault-text.ts'
import type { SeenExport } from './seen.ts'
import type { Stage } from './stage.ts'
import type { ChaosPoll } from './voters.ts'

const checkout = dirname(dirname(import.meta.dirname))

export async function verifyExports(
  stage: Stage,
  polls: readonly ChaosPoll[],
  folder: string,
  signal: AbortSignal,
): Promise<readonly SeenExport[]> {
  mkdirSync(folder, { recursive: true })
  const anchors = join(folder, 'anchors.jsonl')
  // A node that has just come back may refuse a new group for a while.
  const read = () => readAll(stage.kafkaBrokers, topics.anchors.topic)
  const messages = await until('the anchors on Kafka', read)
  writeFileSync(anchors, messages.map(({ value }) => `${value}\n`).join(''))
  const keys = join(folder, 'jwks.json')
  writeFileSync(keys, await publishedKeys(stage))
  const exported: SeenExport[] = []
  for (const { pollId } of polls) {
    const out = join(folder, pollId)
    const written = await run(stage, signal, 'export', '--poll', pollId, '--out', out)
    const checked =
      written.code === 0
        ? await run(stage, signal, 'verify', out, '--anchors', anchors, '--keys', keys)
        : written
    exported.push({ pollId, ...checked })
  }
  return exported
}

async function publishedKeys({ gateways }: Stage): Promise<string> {
  let fault: unknown = new Error('there is no gateway')
  for (const { url } of gateways) {
    try {
      const answer = await fetch(`${url}${keysPath}`, { signal: AbortSignal.timeout(10_000) })
      if (answer.status === 200) return await answer.text()
      fault = new Error(`${keysPath} answers ${answer.status}`)
    } catch (error) {
      fault = error
    }
  }
  throw new Error(`no gateway gives its keys: ${faultText(fault)}`)
}

/** `npm run NAME`, without npm; answers its exit code and its last words. */
async function run(
  { databaseUrl }: Stage,
  signal: AbortSignal,
  name: 'export' | 'verify',
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly says: string }> {
  const child = startChild(
    {
      ...{ command: process.execPath, args: [`local/${name}.ts`, ...args], cwd: checkout },
      env: { ...process.env, DATABASE_URL: databaseUrl },
    },
    'pipe',
  )
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-100_000)))
  const { code } = await ended(child)
  signal.removeEventListener('abort', stop)
  signal.throwIfAborted()
  return { code, says: `${name}: ${output.trim().split('\n').slice(-6).join(' | ')}` }
}
