/** Looks for the smallest run that still fails: among fast-check's own smaller ones, many played together. */
import fc from 'fast-check'
import type { Run } from './runs.ts'

export interface Failing {
  /** fast-check's path to it: replays it together with the seed. */
  readonly path: string
  readonly fault: string
}

// So many smaller runs are tried before one is called the smallest.
const mostOfOneStep = 160
const together = 40

/** `firstFault` answers the place and the fault of one that fails, null where none does. */
export async function smallest(
  runs: fc.Arbitrary<Run>,
  seed: number,
  failing: Failing,
  firstFault: (runs: readonly Run[]) => Promise<{ readonly place: number; readonly fault: string } | null>,
  withinMs: number,
): Promise<Failing> {
  const endsAt = Date.now() + withinMs
  let smallest = failing
  for (let from = 0; from < mostOfOneStep && Date.now() < endsAt;) {
    const smaller = fc.sample(runs, { seed, path: `${smallest.path}:${from}`, numRuns: together })
    const found = await firstFault(smaller)
    if (found !== null) {
      smallest = { path: `${smallest.path}:${from + found.place}`, fault: found.fault }
      from = 0
    } else if (smaller.length === together) from += together
    else break
  }
  return smallest
}
