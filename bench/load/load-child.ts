/** One process of the load: started, spoken to, listened to, ended; it cannot outlive the bench. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

const checkout = dirname(dirname(import.meta.dirname))
const setpriv = '/usr/bin/setpriv'

/** What every such process may say, besides its own. */
export interface Fault {
  readonly is: 'fault'
  readonly fault: string
}

interface Said {
  readonly is: string
}

export interface LoadChild<To, From extends Said> extends AsyncDisposable {
  readonly pid: number
  readonly say: (message: To) => void
  /** Messages of this kind come without being waited for. */
  readonly on: <Is extends From['is']>(is: Is, listener: (message: Extract<From, { is: Is }>) => void) => void
  /** Resolves with the next message of this kind; one is waited for at a time. */
  readonly next: <Is extends From['is']>(is: Is) => Promise<Extract<From, { is: Is }>>
}

/** It dies with us, and with `signal`. */
export function startLoadChild<To extends object, From extends Said>(
  file: string,
  setup: unknown,
  signal: AbortSignal,
): LoadChild<To, From> {
  // Millions of requests lie ready in it.
  const flags = ['--max-old-space-size=8192', '--disable-warning=ExperimentalWarning']
  const node = [process.execPath, ...flags, join(checkout, file), JSON.stringify(setup)]
  const [command = '', ...args] = existsSync(setpriv) ? [setpriv, '--pdeathsig', 'KILL', '--', ...node] : node
  const child = spawn(command, args, {
    cwd: checkout,
    detached: true, // Ctrl-C reaches the bench alone, which stops everybody in order
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  let waiting: { is: string; resolve: (message: From) => void; reject: (fault: Error) => void } | null = null
  const listeners = new Map<string, (message: From) => void>()
  let fault: Error | null = null
  const fail = (error: Error) => {
    fault ??= error
    waiting?.reject(fault)
    waiting = null
  }
  const abort = () => {
    fail(signal.reason instanceof Error ? signal.reason : new Error('stopped'))
    child.kill('SIGKILL')
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  void ended.then(() => fail(new Error(`${file} ended`)))
  child.once('error', fail)
  signal.addEventListener('abort', abort, { once: true })
  child.on('message', (message: From | Fault) => {
    if (isFault(message)) return fail(new Error(message.fault))
    if (message.is === waiting?.is) {
      const { resolve } = waiting
      waiting = null
      return resolve(message)
    }
    listeners.get(message.is)?.(message)
  })
  return {
    pid: child.pid ?? 0,
    say: (message) => void child.send(message),
    on: (is, listener) => void listeners.set(is, listener as (message: From) => void),
    next<Is extends From['is']>(is: Is) {
      if (fault !== null) return Promise.reject(fault)
      return new Promise<Extract<From, { is: Is }>>((resolve, reject) => {
        waiting = { is, resolve: (message) => resolve(message as Extract<From, { is: Is }>), reject }
      })
    },
    async [Symbol.asyncDispose]() {
      signal.removeEventListener('abort', abort)
      child.kill('SIGKILL')
      await ended
    },
  }
}

const isFault = (message: Said): message is Fault => message.is === 'fault'

/** For the other end: tells the fault and ends. */
export function failLoad(fault: unknown): void {
  process.send?.({
    is: 'fault',
    fault: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
  })
  process.exitCode = 1
  process.disconnect()
}
