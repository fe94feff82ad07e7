/** The rules of a poll, against a model of them: random polls, voters, retries, crashes, through two gateways. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Played } from './judge-played.ts'
import { playTogether } from './play.ts'
import { runs, type Run } from './runs.ts'
import { smallest } from './smallest.ts'
import { openStage, type Stage } from './stage.ts'

// By hand: RUNS=2000; to replay a run that failed: SEED and RUN as they were told.
const howMany = Number(process.env['RUNS'] ?? 300)
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const only = process.env['RUN'] ?? null

// So many polls are played side by side; a house takes the polls of so many runs, since a restore goes through all.
const together = 50
const mostOfHouse = 500
const shrinkWithinMs = 300_000

it(
  `MB1 ${only === null ? howMany : 1} random runs hear what the model says, and Postgres holds what they heard`,
  async () => {
    const drawn = fc.sample(runs, {
      seed,
      ...(only === null ? { numRuns: howMany } : { numRuns: 1, path: only }),
    })
    const hits = { limit: 0, edge: 0, amnesia: 0, kill: 0 }
    for (let from = 0; from < drawn.length; from += mostOfHouse) {
      await using stage = await openStage()
      const played = await playAll(stage, drawn.slice(from, from + mostOfHouse))
      for (const { hitLimit, hitEdge, hitAmnesia, hitKill } of played) {
        hits.limit += Number(hitLimit)
        hits.edge += Number(hitEdge)
        hits.amnesia += Number(hitAmnesia)
        hits.kill += Number(hitKill)
      }
      const at = played.findIndex(({ fault }) => fault !== null)
      if (at >= 0)
        expect.fail(await tellSmallest(stage, only ?? String(from + at), played[at]?.fault ?? '', played))
    }
    console.log(
      `${drawn.length} runs agree with the model (seed ${seed}): ${hits.limit} met a limit, ${hits.edge} the edge of a ` +
        `window or of the close, ${hits.amnesia} an amnesia between two votes, ${hits.kill} the death of a gateway`,
    )
  },
  shrinkWithinMs + Math.max(180_000, howMany * 1_000),
)

/** In the order of `drawn`. */
async function playAll(stage: Stage, drawn: readonly Run[]): Promise<Played[]> {
  const played: Played[] = []
  const alike = Map.groupBy(drawn.keys(), (i) => JSON.stringify(drawn[i]?.interludes))
  for (const places of alike.values()) {
    for (let from = 0; from < places.length; from += together) {
      const some = places.slice(from, from + together)
      const results = await playTogether(
        stage,
        some.flatMap((place) => drawn[place] ?? []),
      )
      some.forEach((place, i) => {
        const result = results[i]
        if (result !== undefined) played[place] = result
      })
    }
  }
  return played
}

async function tellSmallest(
  stage: Stage,
  path: string,
  fault: string,
  played: readonly Played[],
): Promise<string> {
  const faults = played.filter((one) => one.fault !== null).length
  const play = async (some: readonly Run[]) => (await playAll(stage, some)).map((one) => one.fault)
  const found = await smallest(runs, seed, { path, fault }, play, shrinkWithinMs)
  return `${faults} of ${played.length} runs differ from the model; the smallest found:\n\n${found.fault}\n\nReplay: SEED=${seed} RUN=${found.path} npm test -- tests/model/model.test.ts`
}
