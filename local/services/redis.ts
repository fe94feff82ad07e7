/** Redis that writes every acknowledged change to disk before it answers. */
import { mkdirSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { manage } from '../managed.ts'
import { findRedis } from './redis-program.ts'
import { startOnPorts, type Service, type ServiceSetup } from './service.ts'

export async function startRedis(setup: ServiceSetup): Promise<Service> {
  const program = await findRedis(setup)
  const folder = join(setup.dataDir, 'redis')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  setup.now('starting')
  const { managed, port } = await startOnPorts(setup, { names: ['redis'], setting: 'REDIS_PORT' }, (port) =>
    manage({
      name: 'Redis',
      logFile: join(setup.logDir, 'redis.log'),
      launch: () => ({
        command: program.command,
        args: settings(port, folder),
        env: program.env,
        cwd: folder,
      }),
      probe: () => ping(port),
      readyWithinMs: 60_000, // a long append-only file is read first
    }),
  )
  return { url: `redis://127.0.0.1:${port}`, managed }
}

export function settings(port: number, folder: string): string[] {
  const all = {
    port: String(port),
    bind: '127.0.0.1',
    dir: folder,
    daemonize: 'no',
    appendonly: 'yes',
    appendfsync: 'always', // "accepted" means: in the synced file
    save: '', // the append-only file is all that is needed; a snapshot each minute under load would only cost
    // The file is written anew when it has doubled. Keys and votes are random: compressing them took a third of that
    // and saved little.
    'auto-aof-rewrite-min-size': '256mb',
    rdbcompression: 'no',
    'maxmemory-policy': 'noeviction', // an evicted key would be a vote
  }
  return Object.entries(all).flatMap(([name, value]) => [`--${name}`, value])
}

/** One PING in Redis' inline form; PONG is answered only once the data is loaded. */
export function ping(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 })
  let answer = ''
  socket.once('connect', () => socket.write('PING\r\n'))
  socket.setEncoding('utf8').on('data', (text: string) => {
    answer += text
    if (!answer.includes('\n')) return
    if (answer.startsWith('+PONG')) resolve(undefined)
    else reject(new Error(answer.trim()))
    socket.destroy()
  })
  socket.once('timeout', () => socket.destroy(new Error('no answer to PING')))
  socket.once('error', reject)
  socket.once('close', () => reject(new Error('connection closed')))
  return promise
}
