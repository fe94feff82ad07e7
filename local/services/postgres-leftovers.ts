/** Waits for the Postgres of a run that was killed, and clears away the note it left. */
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { Trouble } from '../trouble.ts'

// A backend notices within moments that its postmaster is gone; one in the middle of a long statement may take longer.
const waitAtMostMs = 15_000

/**
 * A new Postgres refuses to start while a process of the old one lives, or while `postmaster.pid` names a
 * process id that somebody else has been given since. Every Postgres process works in its data folder: that
 * is how the old ones are told from strangers.
 */
export async function waitForOldPostgres(dataFolder: string): Promise<void> {
  const giveUpAt = Date.now() + waitAtMostMs
  for (;;) {
    const [old] = processesIn(dataFolder)
    if (old === undefined) break
    if (Date.now() > giveUpAt) {
      throw new Trouble(
        `Process ${old} still uses ${dataFolder}: stop it (kill -INT ${postmasterOf(dataFolder) ?? old}).`,
      )
    }
    await rest(50)
  }
  rmSync(join(dataFolder, 'postmaster.pid'), { force: true })
}

function postmasterOf(dataFolder: string): string | undefined {
  try {
    return readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8').split('\n')[0]
  } catch {
    return undefined
  }
}

function processesIn(folder: string): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`) === folder && !isZombie(pid)
      } catch {
        return false // gone meanwhile, or another user's
      }
    })
    .map(Number)
}

function isZombie(pid: string): boolean {
  return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
}
