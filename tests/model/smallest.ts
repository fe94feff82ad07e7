/** Looks for the smallest run that still fails: fast-check's own smaller ones, many played together. */
import fc from 'fast-check'
import type { Run } from './runs.ts'

export interface Failing {
  /** fast-check's path to it: replays it together with the seed. */
  readonly path: string
  readonly fault: string
}

// A step tries so many at a time, and gives up where none of so many fails.
const together = 40
const mostOfOneStep = 160

/** `play` answers the fault of each run, null where it has none. */
export async function smallest(
  runs: fc.Arbitrary<Run>,
  seed: number,
  failing: Failing,
  play: (runs: readonly Run[]) => Promise<readonly (string | null)[]>,
  withinMs: number,
): Promise<Failing> {
  const endsAt = Date.now() + withinMs
  let found = failing
  for (let from = 0; from < mostOfOneStep && Date.now() < endsAt;) {
    const smaller = fc.sample(runs, { seed, path: `${found.path}:${from}`, numRuns: together })
    const faults = await play(smaller)
    const at = faults.findIndex((fault) => fault !== null)
    const fault = faults[at]
    if (fault != null) {
      found = { path: `${found.path}:${from + at}`, fault }
      from = 0
    } else {
      from += together
      if (smaller.length < together) break
    }
  }
  return found
}
