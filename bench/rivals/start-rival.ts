/** Starts a rival as a process of its own, as production runs it. */
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { findFreePort } from '../../local/ports.ts'
import { manage, type Managed } from '../../local/managed.ts'

const checkout = dirname(dirname(import.meta.dirname))

export interface Rival extends AsyncDisposable {
  readonly process: Managed
  readonly port: number
}

export async function startRival(its: {
  readonly name: string
  readonly logDir: string
  readonly env?: NodeJS.ProcessEnv
}): Promise<Rival> {
  const port = await findFreePort()
  const rival = manage({
    name: its.name,
    logFile: join(its.logDir, `${its.name}.log`),
    launch: () => ({
      command: process.execPath,
      args: [`bench/rivals/${its.name}.ts`],
      cwd: checkout,
      env: { ...process.env, NODE_ENV: 'production', ...its.env, PORT: String(port) },
    }),
    probe: () => listens(port),
    readyWithinMs: 30_000,
    stopWithinMs: 2_000,
  })
  await rival.start()
  return { process: rival, port, [Symbol.asyncDispose]: () => rival.kill() }
}

/** Resolves when something takes connections there. */
export function listens(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const socket = connect({ port, host: '127.0.0.1', timeout: 2_000 })
  socket.once('connect', () => resolve(undefined))
  socket.once('error', reject)
  socket.once('timeout', () => reject(new Error('no answer')))
  return promise.finally(() => socket.destroy())
}
