/** CPU seconds, user and system, of process trees, and of the whole machine. */
import { readdirSync, readFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'

const ticksPerSecond = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout) || 100

/** Names of trees -> the process at the root of each; a tree may have several roots. */
export type Trees = Readonly<Record<string, readonly number[]>>

export interface CpuSnapshot {
  readonly trees: Readonly<Record<string, number>>
  /** This process and all that it has started: the bench, its load and its servers. */
  readonly bench: number
  /** All that every CPU of the machine has done, whoever asked for it. */
  readonly machine: number
  /** Taken from this machine by others on the same host. */
  readonly stolen: number
  /** performance.now() of the moment. */
  readonly at: number
}

interface Stat {
  readonly parent: number
  readonly seconds: number
}

/**
 * Each living process counts with its own time and that of its children that ended and were waited for: what a
 * Postgres backend or a fork of Redis used is not lost when it ends.
 */
export function cpuNow(trees: Trees): CpuSnapshot {
  const stats = readStats()
  const children = Map.groupBy(stats.keys(), (pid) => stats.get(pid)?.parent ?? 0)
  const sum = (pid: number): number => {
    const below = (children.get(pid) ?? []).reduce((total, child) => total + sum(child), 0)
    return (stats.get(pid)?.seconds ?? 0) + below
  }
  const of = Object.entries(trees).map(([name, roots]) => [
    name,
    roots.reduce((all, pid) => all + sum(pid), 0),
  ])
  return { trees: Object.fromEntries(of), bench: sum(process.pid), ...machineNow(), at: performance.now() }
}

function readStats(): Map<number, Stat> {
  const stats = new Map<number, Stat>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      // The command's name stands in parentheses and may hold anything: what we want comes after the last one.
      const text = readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      const [parent = 0, ticks] = [fields[1], fields.slice(11, 15).reduce((total, n) => total + n, 0)]
      stats.set(Number(name), { parent, seconds: ticks / ticksPerSecond })
    } catch {
      // it ended meanwhile
    }
  }
  return stats
}

/** user, nice, system, irq and softirq are work; idle, iowait and steal are not. */
function machineNow(): { machine: number; stolen: number } {
  const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? ''
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number)
  return {
    machine: (user + nice + system + irq + softirq) / ticksPerSecond,
    stolen: steal / ticksPerSecond,
  }
}

export interface CpuUsed {
  readonly seconds: Readonly<Record<string, number>>
  readonly sum: number
  readonly tookS: number
  /** What neither the bench nor anything of its own used, in CPU seconds: other people's work, and the kernel's. */
  readonly others: number
  readonly stolen: number
}

export function cpuBetween(before: CpuSnapshot, after: CpuSnapshot): CpuUsed {
  const seconds = Object.fromEntries(
    Object.entries(after.trees).map(([name, now]) => [name, Math.max(0, now - (before.trees[name] ?? 0))]),
  )
  return {
    seconds,
    sum: Object.values(seconds).reduce((total, n) => total + n, 0),
    tookS: (after.at - before.at) / 1000,
    others: Math.max(0, after.machine - before.machine - (after.bench - before.bench)),
    stolen: after.stolen - before.stolen,
  }
}

/** Each tree's share of `votes`, in microseconds, and their sum. */
export function cpuPerVote(used: CpuUsed, votes: number): { sum: number; of: Record<string, number> } {
  const us = (seconds: number) => (seconds * 1e6) / Math.max(votes, 1)
  const of = Object.fromEntries(Object.entries(used.seconds).map(([name, seconds]) => [name, us(seconds)]))
  return { sum: us(used.sum), of }
}
