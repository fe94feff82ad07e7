/** N: what `npm start` promises a newcomer, from the first line that it prints to the last process that it ends. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs'
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
import { makeHttpClient, readHttpFile, type FileRequest } from './http-file.ts'
import { openShell, readmeSection, shellBlocks } from './readme-blocks.ts'

const checkout = dirname(import.meta.dirname)
const run = promisify(execFile)
const readModelFile = 'queue-workers/read-model/read-model.http'

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

async function connectTo(host: string, port: number): Promise<void> {
  const socket = connect(port, host)
  await once(socket, 'connect')
  socket.destroy()
}

/**
 * A folder that is this checkout to whoever stands in it, with the data folder of this test in the place of `.urna`. So
 * the blocks of the README run as they stand, but for the port in their first line: 3000 may be taken here.
 */
function checkoutOfLinks(): string {
  const folder = join(dataDir, 'checkout')
  mkdirSync(folder)
  for (const name of readdirSync(checkout).filter((its) => its !== '.urna' && its !== '.git'))
    symlinkSync(join(checkout, name), join(folder, name))
  symlinkSync(dataDir, join(folder, '.urna'))
  return folder
}

describe('npm start, one run told in order', () => {
  let first: ReturnType<typeof start>
  let ready: Ready
  beforeAll(async () => {
    first = start()
    ready = await first.ready()
  }, 180_000)
  afterAll(() => first[Symbol.asyncDispose]())

  it('N1 says where everything is, and the README’s blocks for integrators go all the way to Kafka', async () => {
    await until('the welcome', async () => first.printed().includes('Urna is ready'))
    expect(first.printed()).toContain(`http://127.0.0.1:${port}/admin/#token=${ready.adminToken}`)
    expect(statSync(readyFile()).mode & 0o777).toBe(0o600)
    const processes = ['gateway', 'kafka', 'postgres', 'queueWorkers', 'redis', 'supervisor', 'tallies']
    expect(Object.keys(ready.pids).sort()).toEqual(processes)
    expect(first.printed()).toContain(`Read model    ${ready.readModelUrl}`)

    const blocks = shellBlocks(readmeSection('For integrators'))
    const [session = '', vote = '', query = '', watch = '', totals = '', kafka = '', ...more] = blocks
    expect(more).toEqual([])
    expect(session).toMatch(/^URL=http:\/\/127\.0\.0\.1:3000\n/)
    await using shell = openShell(checkoutOfLinks())

    const pollId = (await shell.run(session.replace(':3000', `:${port}`))).trim()
    expect(pollId).toMatch(/^[0-9a-f-]{36}$/)

    const [answer = '', again] = (await shell.run(vote)).trim().split('\n')
    expect(JSON.parse(answer)).toMatchObject({ result: { data: { accepted: true, remaining: 0 } } })
    expect(again).toBe(answer)

    await until('it is counted', async () => (await storedVotes(ready)) > 0)
    const looked = JSON.parse(await shell.run(query))
    expect(looked).toMatchObject({ data: { poll: { question: 'Who sings the last song of the night?' } } })
    const frames = [...(await shell.run(watch)).matchAll(/^data: ?(\{.*)$/gm)]
    expect(JSON.parse(frames.at(-1)?.[1] ?? '')).toMatchObject({ data: { tally: { total: 1 } } })
    expect(JSON.parse(await shell.run(totals))).toMatchObject({ pollId, total: 1 })
    expect(await storedVotes(ready)).toBe(1)

    const [message = ''] = await consoleConsumer(ready)
    const { votes, uncounted } = votesRecordedShape.parse(JSON.parse(message)).data
    expect([votes.map(([position]) => position), uncounted]).toEqual([[0], []])
    expect((await shell.run(kafka)).trim()).toBe('{ aurora: 1 }')
    const address = `${ready.readModelUrl}/events?type=${eventTypes.votesRecorded}`
    const told = await until('the read model has it', async () => {
      const { events } = eventPageShape.parse(await (await fetch(address)).json())
      return events.length === 1 && events[0]
    })
    expect(told.data).toEqual(JSON.parse(message).data)
  })

  it('N5 each request of the .http files is answered as the file says, with the admin token too', async () => {
    const files = { 'gateway/gateway.http': ready.gatewayUrl, [readModelFile]: ready.readModelUrl }
    expect(globSync('{gateway,queue-workers,vote-ui,admin-ui}/**/*.http', { cwd: checkout }).sort()).toEqual(
      Object.keys(files),
    )
    const wrong: string[] = []
    let sent = 0
    for (const [file, url] of Object.entries(files)) {
      const read = (more: object = {}) =>
        readHttpFile(new URL(`../${file}`, import.meta.url), { url, ...more })
      const send = makeHttpClient()
      const judge = async (request: FileRequest, wanted: number, reason: string | null) => {
        const { status, text } = await send(request)
        sent += 1
        const heard = /"reason":"([a-z-]+)"/.exec(text)?.[1] ?? null
        if (status !== wanted || heard !== reason || (reason === null && text.includes('"errors"')))
          wrong.push(`${file}, ${request.name}: wanted ${wanted} ${reason}, heard ${status} ${text}`)
      }
      for (const request of read()) await judge(request, request.status, request.reason)
      for (const request of read({ adminToken: ready.adminToken }))
        if (request.asModerator !== null) await judge(request, request.asModerator, null)
    }
    expect(wrong).toEqual([])
    console.log(`${sent} requests of .http files were sent`)
  })

  it('N2 starts again what dies, and says so in one line', async () => {
    const killed = ready.pids['gateway'] ?? 0
    process.kill(killed, 'SIGKILL')
    await until('its one line', async () => /gateway ended \(SIGKILL\): up again/.test(first.printed()))
    await until('its new number', async () => readReady().pids['gateway'] !== killed)
    expect((await fetch(`${ready.gatewayUrl}/healthz`)).status).toBe(200)
  })

  it('N3 ends every process at Ctrl-C, and the next start, open to the network by its door alone, still has the vote', async () => {
    const stored = await storedVotes(ready)
    const pids = Object.values(readReady().pids)
    expect(pids.every(isAlive)).toBe(true)
    expect(await first.interrupt()).toBe(0)
    expect(pids.filter(isAlive)).toEqual([])
    expect(existsSync(readyFile())).toBe(false)

    await using second = start('--lan')
    const again = await second.ready()
    await until('its word', async () => second.printed().includes('kept as it is'))
    expect(await storedVotes(again)).toBe(stored)

    // Here because a start takes its time: 127.0.0.2 is this machine too, and no default listens there.
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
