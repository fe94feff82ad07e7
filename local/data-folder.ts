/** Takes a data folder for one run at a time, and checks that there is room for what it will hold. */
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from './trouble.ts'

const leastFreeBytes = 1024 ** 3

export function checkDisk(folder: string, freeBytes = freeBytesOf): void {
  const free = freeBytes(folder)
  if (free >= leastFreeBytes) return
  const megabytes = Math.floor(free / 1024 ** 2)
  throw new Trouble(
    `The disk of ${folder} is almost full (${megabytes} MB left, 1 GB needed): make room, or choose another folder with --data.`,
  )
}

function freeBytesOf(folder: string): number {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize
}

/**
 * Two runs on the same data would take each other's ports and files; the second one is refused.
 * `proc`: where the kernel tells of processes, which not every system has.
 */
export function lockDataFolder(folder: string, proc = '/proc'): Disposable {
  mkdirSync(folder, { recursive: true })
  const lock = join(folder, 'run.lock')
  const draft = `${lock}.${process.pid}`
  writeFileSync(draft, `${process.pid} ${startTime(process.pid, proc)}\n`)
  try {
    // link() is atomic: of two that start at once exactly one succeeds, and the lock never lacks its content.
    for (;;) {
      try {
        linkSync(draft, lock)
        return { [Symbol.dispose]: () => rmSync(lock, { force: true }) }
      } catch (fault) {
        if (!(fault instanceof Error && 'code' in fault && fault.code === 'EEXIST')) throw fault
      }
      const owner = liveOwner(lock, proc)
      if (owner !== null) {
        throw new Trouble(
          `Urna already runs on ${folder} (process ${owner}): stop it (kill ${owner}), or choose another folder with --data.`,
        )
      }
      rmSync(lock, { force: true })
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

/** The process that runs on this folder now. */
export function runsOn(folder: string): number | null {
  return liveOwner(join(folder, 'run.lock'))
}

/** A process id alone may have been given to a stranger since: its start time tells them apart. */
function liveOwner(lock: string, proc = '/proc'): number | null {
  const [pid, started] = readOrEmpty(lock).trim().split(' ')
  return pid !== undefined && pid !== '' && startTime(Number(pid), proc) === started ? Number(pid) : null
}

/**
 * In clock ticks since the machine started; field 22, counted after the name, which may hold blanks. Where nothing tells
 * it (macOS), that it lives has to be enough.
 */
function startTime(pid: number, proc: string): string | undefined {
  if (!existsSync(join(proc, 'self'))) return isAlive(pid) ? 'unknown' : undefined
  const stat = readOrEmpty(join(proc, `${pid}/stat`))
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (fault) {
    return fault instanceof Error && 'code' in fault && fault.code === 'EPERM'
  }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
