/** The rules of a poll, against a model of them: random polls, voters, retries, crashes, through two gateways. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Played } from './judge-played.ts'
import { playWaves } from './play.ts'
import { runs, type Run } from './runs.ts'
import { smallest, type Failing } from './smallest.ts'
import { openStage, type Stage } from './stage.ts'

// By hand: RUNS=2000; to replay a run that failed: SEED and RUN as they were told.
const howMany = Number(process.env['RUNS'] ?? 300)
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const only = process.env['RUN'] ?? null

// Runs that meet nothing would agree with any model. The end of a poll is met by one run in a hundred.
const mustHit = howMany >= 2_000 ? 50 : 1
const leastHits = only !== null || howMany < 300 ? 0 : mustHit

// A restore goes through all polls of its house: it is left before it grows slow.
const mostOfHouse = 500
const shrinkWithinMs = 120_000

it(
  `MB1 ${only === null ? howMany : 1} random runs hear what the model says, and Postgres holds what they heard`,
  async () => {
    const which = only === null ? { numRuns: howMany } : { numRuns: 1, path: only }
    const drawn = fc.sample(runs, { seed, ...which })
    const played: Played[] = []
    for (let from = 0; from < drawn.length; from += mostOfHouse) {
      await using stage = await openStage()
      for await (const wave of playWaves(stage, drawn.slice(from, from + mostOfHouse))) {
        played.push(...wave.map((one) => one.played))
        const failed = firstFault(wave)
        if (failed === null) continue
        const path = only ?? String(from + failed.place)
        expect.fail(await tellSmallest(stage, { path, fault: failed.fault }))
      }
    }
    const times = (what: keyof Played) => played.filter((one) => one[what] === true).length
    console.log(
      `${played.length} runs agree with the model (SEED=${seed}). ${times('hitLimit')} met a limit, ` +
        `${times('hitEdge')} the edge of a window, ${times('hitEnd')} the end of their poll, ` +
        `${times('hitAmnesia')} an amnesia between two votes, ${times('hitKill')} the death of their gateway.`,
    )
    for (const what of ['hitLimit', 'hitEdge', 'hitAmnesia', 'hitKill'] as const)
      expect(times(what), what).toBeGreaterThanOrEqual(leastHits)
  },
  shrinkWithinMs + Math.max(180_000, howMany * 1_000),
)

function firstFault(
  wave: readonly { readonly place: number; readonly played: Played }[],
): { place: number; fault: string } | null {
  for (const { place, played } of wave) if (played.fault !== null) return { place, fault: played.fault }
  return null
}

async function tellSmallest(stage: Stage, failing: Failing): Promise<string> {
  const play = async (some: readonly Run[]) => {
    for await (const wave of playWaves(stage, some)) {
      const failed = firstFault(wave)
      if (failed !== null) return failed
    }
    return null
  }
  const { path, fault } = await smallest(runs, seed, failing, play, shrinkWithinMs)
  return (
    `run ${failing.path} differs from the model; the smallest that does:\n\n${fault}\n\n` +
    `To replay it: SEED=${seed} RUN=${path} npm test -- tests/model/model.test.ts`
  )
}
