/** What a server holds in memory once its garbage is collected. */
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout as rest } from 'node:timers/promises'

const collector = new URL('collect-on-signal.ts', import.meta.url).href

/** The environment of a server whose memory is to be read; each has a file of its own. */
export function environmentToCollect(file: string): NodeJS.ProcessEnv {
  return {
    NODE_OPTIONS: `--expose-gc --import ${collector}`,
    COLLECTED_FILE: file,
  }
}

/** Its resident memory in kB. */
export async function memoryOf(pid: number, file: string, signal: AbortSignal): Promise<number> {
  const collectedAt = () => (existsSync(file) ? readFileSync(file, 'utf8') : '')
  const before = collectedAt()
  process.kill(pid, 'SIGUSR2')
  while (collectedAt() === before) await rest(20, undefined, { signal })
  // Pages that were given back are counted out when the kernel gets to it.
  await rest(300, undefined, { signal })
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
}
