/** What a server holds in memory once its garbage is collected. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'

const collector = new URL('collect-on-signal.ts', import.meta.url).href

/** The environment of servers whose memory is to be read; they write what they hold into this folder. */
export function environmentToCollect(folder: string): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: `--expose-gc --import ${collector}`,
    COLLECTED_INTO: folder,
  }
}

const collectWithinMs = 20_000

export interface CollectedMemory {
  /** Resident, in kB. */
  readonly rssKb: number
  /** Of the JavaScript heap, in bytes. */
  readonly heapBytes: number
}

/** Has it collect its garbage first. */
export async function collectedMemory(
  pid: number,
  folder: string,
  signal: AbortSignal,
): Promise<CollectedMemory> {
  const file = join(folder, String(pid))
  const told = () => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  const before = told()
  process.kill(pid, 'SIGUSR2')
  const until = Date.now() + collectWithinMs
  while (told() === before) {
    if (Date.now() > until) throw new Error(`process ${pid} did not collect its garbage`)
    await rest(20, undefined, { signal })
  }
  const heapBytes = Number(told().split(' ')[1])
  // Pages that were given back are counted out when the kernel gets to it.
  await rest(300, undefined, { signal })
  const rssKb = Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  return { rssKb, heapBytes }
}
