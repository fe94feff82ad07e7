/** N: what `npm start` promises a newcomer, from the first line that it prints to the last process that it ends. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventTypes, topics, votesRecordedShape } from '../contracts/events.ts'
import { eventPageShape } from '../contracts/read-model.ts'
import { findFreePort } from '../local/ports.ts'
import type { Ready } from '../local/ready-file.ts'
import { cacheFolder } from '../local/services.ts'
import { lookForJava } from '../local/services/java-program.ts'
import { makeTempFolder, removeTempFolder } from '../local/temp-folder.ts'
import { until } from './house.ts'

const checkout = dirname(import.meta.dirname)
const run = promisify(execFile)

let dataDir: string
let port: number
beforeAll(async () => {
  dataDir = makeTempFolder('urna-start-')
  port = await findFreePort()
})
afterAll(() => removeTempFolder(dataDir))

/** `npm start` as a shell runs it: a process group of its own, to which Ctrl-C goes. */
function start(...more: string[]) {
  const args = ['local/start.mjs', '--port', String(port), '--data', dataDir, ...more]
  const env = { ...process.env, CROWD: '', DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '' }
  const child = spawn(process.execPath, args, { cwd: checkout, env, detached: true })
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const ended = once(child, 'close').then(([code]: (number | string | null)[]) => code)
  const group = -(child.pid ?? 0)
  return {
    printed: () => printed,
    ended,
    ready: () =>
      until(
        'ready',
        async () => {
          if (child.exitCode !== null) return { fault: printed }
          return existsSync(readyFile()) && readReady()
        },
        120_000,
      ).then((ready) => {
        if ('fault' in ready) throw new Error(ready.fault)
        return ready
      }),
    interrupt: async () => {
      process.kill(group, 'SIGINT')
      return ended
    },
    /** Whatever the test did, nothing is left. */
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      process.kill(group, 'SIGTERM')
      await ended
    },
  }
}

const readyFile = () => join(dataDir, 'ready.json')
const readReady = () => JSON.parse(readFileSync(readyFile(), 'utf8')) as Ready
const isAlive = (pid: number) => existsSync(`/proc/${pid}`)

async function storedVotes(ready: Ready): Promise<number> {
  const client = new pg.Client({ connectionString: ready.databaseUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ votes: number }>('select count(*)::int as votes from votes')
    return rows[0]?.votes ?? 0
  } finally {
    await client.end()
  }
}

/** What Kafka's own console consumer prints of the votes' topic, from its beginning. */
async function consoleConsumer(ready: Ready): Promise<string[]> {
  const tool = ['-cp', `${ready.kafkaLibDir}/*`, 'org.apache.kafka.tools.consumer.ConsoleConsumer']
  const { stdout } = await run(lookForJava(cacheFolder()).java ?? 'java', [
    ...tool,
    ...['--bootstrap-server', ready.kafkaBrokers ?? '', '--topic', topics.votes.topic],
    ...['--from-beginning', '--max-messages', '1', '--timeout-ms', '60000'],
  ])
  return stdout.trim().split('\n')
}

/** Runs that shell, whose `sleep` lasts until the first frame has come: a second is not enough on a busy machine. */
async function runWatching(shell: string): Promise<string> {
  const seen = join(dataDir, 'first-frame')
  const sleep = `sleep() { until [ -e '${seen}' ]; do command sleep 0.05; done; }\n`
  const child = spawn('bash', ['-c', sleep + shell], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => {
    printed += bytes.toString()
    if (printed.includes('"total":')) writeFileSync(seen, '')
  })
  await once(child, 'close')
  return printed
}

async function connectTo(host: string, port: number): Promise<void> {
  const socket = connect(port, host)
  await once(socket, 'connect')
  socket.destroy()
}

/** The README's first block of shell under this heading, at our port. */
function readmeBlock(heading: string): string {
  const [, section = ''] = readFileSync(join(checkout, 'README.md'), 'utf8').split(`## ${heading}\n`)
  const block = /```sh\n([\s\S]*?)```/.exec(section)?.[1] ?? ''
  expect(block).toContain('127.0.0.1:3000')
  return block.replaceAll('127.0.0.1:3000', `127.0.0.1:${port}`)
}

describe('npm start, one run told in order', () => {
  let first: ReturnType<typeof start>
  let ready: Ready
  beforeAll(async () => {
    first = start()
    ready = await first.ready()
  }, 180_000)
  afterAll(() => first[Symbol.asyncDispose]())

  it('N1 says where everything is, and the README’s vote by hand goes all the way to Kafka', async () => {
    await until('the welcome', async () => first.printed().includes('Urna is ready'))
    expect(first.printed()).toContain(`http://127.0.0.1:${port}/admin/#token=${ready.adminToken}`)
    expect(statSync(readyFile()).mode & 0o777).toBe(0o600)
    const processes = ['gateway', 'kafka', 'postgres', 'queueWorkers', 'redis', 'supervisor', 'tallies']
    expect(Object.keys(ready.pids).sort()).toEqual(processes)

    const stdout = await runWatching(readmeBlock('A vote by hand'))
    // Two programs print side by side: an answer may share its line with a frame.
    const answers = stdout.match(/\{"result":\{"data":\{"accepted":true.*?\}{4}/g) ?? []
    expect(answers).toHaveLength(2)
    expect(answers[1]).toBe(answers[0])
    const totals = [...stdout.matchAll(/"total":(\d+)/g)].map(([, total]) => Number(total))
    expect([totals[0], totals.at(-1)]).toEqual([0, 1])
    expect(await storedVotes(ready)).toBe(1)
    const [message = ''] = await consoleConsumer(ready)
    const { votes, uncounted } = votesRecordedShape.parse(JSON.parse(message)).data
    expect([votes.map(([position]) => position), uncounted]).toEqual([[0], []])
    expect(first.printed()).toContain(`Read model    ${ready.readModelUrl}`)
    const address = `${ready.readModelUrl}/events?type=${eventTypes.votesRecorded}`
    const told = await until('the read model has it', async () => {
      const { events } = eventPageShape.parse(await (await fetch(address)).json())
      return events.length === 1 && events[0]
    })
    expect(told.data).toEqual(JSON.parse(message).data)
  })

  it('N2 starts again what dies, and says so in one line', async () => {
    const killed = ready.pids['gateway'] ?? 0
    process.kill(killed, 'SIGKILL')
    await until('its one line', async () => /gateway ended \(SIGKILL\): up again/.test(first.printed()))
    await until('its new number', async () => readReady().pids['gateway'] !== killed)
    expect((await fetch(`${ready.gatewayUrl}/healthz`)).status).toBe(200)
  })

  it('N3 ends every process at Ctrl-C, and the next start, open to the network by its door alone, still has the vote', async () => {
    const pids = Object.values(readReady().pids)
    expect(pids.every(isAlive)).toBe(true)
    expect(await first.interrupt()).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
    expect(existsSync(readyFile())).toBe(false)

    await using second = start('--lan')
    const again = await second.ready()
    await until('its word', async () => second.printed().includes('kept as it is'))
    expect(await storedVotes(again)).toBe(1)

    // N5, here because a start takes its time: 127.0.0.2 is this machine too, and no default listens there.
    const door = await fetch(`http://127.0.0.2:${port}/healthz`)
    expect(door.status, 'with --lan the gateway is open to others').toBe(200)
    const closed = [again.databaseUrl, again.redisUrl, again.readModelUrl, `http://${again.kafkaBrokers}`]
    for (const address of closed) {
      const { port } = new URL(address)
      await expect(connectTo('127.0.0.2', Number(port)), address).rejects.toThrow('ECONNREFUSED')
    }
    expect(second.printed()).toContain('In the room')
    expect(await second.interrupt()).toBe(0)
  })
})

it('N4 a taken port is told in one line that says by whom, and nothing is left behind', async () => {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  try {
    await using refused = start()
    expect(await refused.ended).toBe(1)
    const [line, ...more] = refused
      .printed()
      .trim()
      .split('\n')
      .filter((text) => text.includes('Urna did not start'))
    expect(more).toEqual([])
    expect(line).toContain(String(port))
    expect(line).toContain(String(process.pid))
    expect(existsSync(readyFile())).toBe(false)
  } finally {
    server.close()
  }
})
