/** Finds how many votes a second the whole pipeline takes without a queue that grows. */
import type { Voters } from './load/voters-process.ts'
import { checkLoad } from './check-load.ts'
import { planFor } from './measured-run.ts'
import { rounded } from './statistics.ts'

// A rate is kept up where no more than this part of a probe's time is left to do at its end, beside what a group, a
// transaction and a send to Kafka take anyhow.
const leftToDo = 0.05
const anyhowS = 0.4
const step = 1.2
const mostProbes = 5
// Between the highest that is kept up and the lowest that is not.
const narrow = 1.12
// What is kept up for seconds is a little more than what is kept up for a minute.
const margin = 0.9

/**
 * First as fast as answers come: what was accepted, over the time until all of it was on Kafka, is surely kept up.
 * From there in steps, open loop, until it is not.
 */
export async function findRate(its: {
  readonly voters: Voters
  readonly settled: (withinS: number) => Promise<void>
  readonly say: (line: string) => void
  readonly probeS: number
  readonly reached: number
}): Promise<number> {
  const { voters, settled, say, probeS } = its
  await voters.prepare(planFor({ kind: 'closed', seconds: probeS }, its.reached * 1.5))
  const startedAt = performance.now()
  const told = await voters.run()
  checkLoad(told, true)
  await settled(300)
  const tookS = (performance.now() - startedAt) / 1000
  let rate = told.accepted / tookS
  say(
    `    as fast as answers come: ${rounded(told.accepted / told.tookS)} votes/s, stored and sent at ${rounded(rate)}`,
  )
  let kept: number | null = null
  let tooMuch: number | null = null
  for (let probe = 1; probe <= mostProbes; probe++) {
    const isKept = await keepsUp(voters, settled, rate, probeS)
    say(`    ${rounded(rate)} votes/s ${isKept ? 'are kept up' : 'are too many'}`)
    if (isKept) kept = rate
    else tooMuch = rate
    if (kept !== null && tooMuch !== null && tooMuch / kept < narrow) break
    // Up or down until it lies between two, then half-way.
    if (kept !== null && tooMuch !== null) rate = Math.sqrt(kept * tooMuch)
    else rate = isKept ? rate * step : rate / step
  }
  return (kept ?? rate) * margin
}

async function keepsUp(
  voters: Voters,
  settled: (withinS: number) => Promise<void>,
  rate: number,
  probeS: number,
): Promise<boolean> {
  await voters.prepare(planFor({ kind: 'open', seconds: probeS, rate }, rate))
  const told = await voters.run()
  checkLoad(told, true)
  const endedAt = performance.now()
  await settled(300)
  const leftS = (performance.now() - endedAt) / 1000 + Math.max(0, told.tookS - told.pacedS)
  return leftS <= probeS * leftToDo + anyhowS
}
