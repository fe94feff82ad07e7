/** Writes what a run saw into files, so that one vote can be followed through all of them. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Traces } from './deeds.ts'
import type { DrawnFault } from './draw-faults.ts'
import type { Verdict } from './judge.ts'
import type { Seen, SeenEnd } from './seen.ts'
import type { Voters } from './voters.ts'

export function keepEvidence(
  folder: string,
  its: {
    readonly run: Verdict & { readonly seed: number; readonly faults: number }
    readonly faults: readonly DrawnFault[]
    readonly voters: Voters
    readonly seen: Seen
    readonly end: SeenEnd
    readonly traces: Traces
  },
): void {
  mkdirSync(folder, { recursive: true })
  const write = (name: string, what: unknown) =>
    writeFileSync(join(folder, name), `${JSON.stringify(what, null, 1)}\n`)
  const lines = (name: string, all: readonly unknown[]) =>
    writeFileSync(join(folder, name), all.map((one) => `${JSON.stringify(one)}\n`).join(''))
  const { run, faults, voters, seen, end, traces } = its
  write('verdict.json', run)
  write('faults.json', { faults, traces })
  lines('voters.jsonl', voters.log)
  lines('rows.jsonl', seen.rows)
  lines('ledger.jsonl', seen.ledger)
  lines('events.jsonl', seen.events)
  write('shown.json', { tallies: seen.tallies, statuses: seen.statuses })
  write('end.json', end)
}
