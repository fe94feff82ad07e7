/** bench/results/latest.json: the figures, and on what they were measured. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { dirname, join } from 'node:path'
import type { Figure } from './part.ts'

const checkout = dirname(import.meta.dirname)
const file = join(import.meta.dirname, 'results', 'latest.json')

interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly kernel: string
}

/** `at`: when it was measured, since parts may be run alone; `commit`: of which Urna; `trial`: for a shorter time. */
interface KeptFigure extends Figure {
  readonly at: string
  readonly commit: string
  readonly trial?: true
}

interface Results {
  readonly machine: Machine
  readonly versions: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly figures: readonly KeptFigure[]
}

export function thisMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
  }
}

const packages = ['bullmq', 'slonik', '@trpc/server', 'graphql-yoga', 'kafkajs', 'ioredis', 'fastify']

export function versionsHere(): Record<string, string> {
  const versions: Record<string, string> = { node: process.versions.node, urna: commitHere() }
  for (const name of packages) {
    const its = JSON.parse(readFileSync(join(checkout, 'node_modules', name, 'package.json'), 'utf8'))
    versions[name] = String(its.version)
  }
  return versions
}

/** With a plus where files differ from it. */
function commitHere(): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: checkout, encoding: 'utf8' })
  const { status, stdout } = git('rev-parse', '--short', 'HEAD')
  if (status !== 0) return 'unknown'
  const isChanged = git('status', '--porcelain', '--', '.', ':!bench/results').stdout.trim() !== ''
  return `${stdout.trim()}${isChanged ? '+' : ''}`
}

/** Figures that were not measured this time stay as they were, where they are of this machine. */
export function writeResults(now: {
  readonly versions: Readonly<Record<string, string>>
  readonly settings: Readonly<Record<string, string>>
  readonly figures: readonly Figure[]
  readonly isTrial: boolean
}): { readonly results: Results; readonly file: string } {
  const machine = thisMachine()
  const older = readResults()
  const isSame = older !== null && JSON.stringify(older.machine) === JSON.stringify(machine)
  const at = new Date().toISOString()
  const commit = now.versions['urna'] ?? 'unknown'
  const fresh = now.figures.map((figure) => ({
    ...figure,
    ...{ at, commit },
    ...(now.isTrial && { trial: true as const }),
  }))
  const names = new Set(fresh.map(({ name }) => name))
  const kept = isSame ? older.figures.filter(({ name }) => !names.has(name)) : []
  const results: Results = {
    machine,
    versions: { ...(isSame ? older.versions : {}), ...now.versions },
    settings: { ...(isSame ? older.settings : {}), ...now.settings },
    figures: [...kept, ...fresh].sort((a, b) => (a.name < b.name ? -1 : 1)),
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.tmp`, `${JSON.stringify(results, null, 2)}\n`)
  renameSync(`${file}.tmp`, file)
  return { results, file }
}

/** What this file itself wrote; one that is damaged is as good as none. */
function readResults(): Results | null {
  if (!existsSync(file)) return null
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results
  } catch {
    return null
  }
}
