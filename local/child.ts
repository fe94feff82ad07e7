/** Starts an operating system process that cannot outlive this one. */
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { Trouble } from './trouble.ts'

export interface Launch {
  readonly command: string
  readonly args: readonly string[]
  /** The whole environment; without it the child has ours. */
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Run as this user and group. */
  readonly uid?: number
}

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

const setpriv = '/usr/bin/setpriv'
// A log that reached this size is set aside at the next start, once: two of them are all that stays.
const longestLog = 20 * 1024 * 1024

/**
 * `detached` gives the child its own process group: Ctrl-C then reaches only us, and we stop everybody in order.
 * KILL, not TERM, when we die: a paused child heeds nothing else, and every store here survives it by design.
 */
export function startChild(launch: Launch, output: number | 'pipe' | 'inherit'): ChildProcess {
  const [command, args] = existsSync(setpriv)
    ? [setpriv, ['--pdeathsig', 'KILL', '--', launch.command, ...launch.args]]
    : [launch.command, [...launch.args]]
  return spawn(command, args, {
    detached: true,
    stdio: ['ignore', output, output],
    env: launch.env ?? process.env,
    ...(launch.cwd !== undefined && { cwd: launch.cwd }),
    ...(launch.uid !== undefined && { uid: launch.uid, gid: launch.uid }),
  })
}

export function ended(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: 127, signal: null }))
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
}

/** What a tool wrote before it failed. */
export class ToolFault extends Trouble {
  readonly output: string
  constructor(message: string, output: string) {
    super(message)
    this.output = output
  }
}

/** Runs a tool to its end and gives what it wrote; throws its last lines when it fails. */
export async function runTool(launch: Launch, signal?: AbortSignal): Promise<string> {
  signal?.throwIfAborted()
  const child = startChild(launch, 'pipe')
  const stop = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', stop, { once: true })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(-1_000_000)))
  }
  const end = await ended(child)
  signal?.removeEventListener('abort', stop)
  signal?.throwIfAborted()
  if (end.code !== 0) {
    throw new ToolFault(`${launch.command} failed (${howItEnded(end)}): ${lastLines(output)}`, output)
  }
  return output
}

/** Opens a log to append to; the caller closes it once the child holds it. */
export function openLog(file: string): number {
  mkdirSync(dirname(file), { recursive: true })
  if (existsSync(file) && statSync(file).size > longestLog) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

export const closeLog = closeSync

/** Creates a folder whole or not at all: filled aside, then renamed; of two at once the first wins. */
export async function fillFolder(folder: string, fill: (draft: string) => Promise<void>): Promise<void> {
  if (existsSync(folder)) return
  const draft = `${folder}.${process.pid}.new`
  rmSync(draft, { recursive: true, force: true })
  mkdirSync(draft, { recursive: true })
  try {
    await fill(draft)
    if (!existsSync(folder)) renameSync(draft, folder)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

export function howItEnded({ code, signal }: Ended): string {
  return signal ?? `code ${code}`
}

export function lastLines(text: string, count = 3): string {
  return text.trim().split('\n').slice(-count).join(' | ')
}
