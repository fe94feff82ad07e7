/** Finds how many votes a second the whole pipeline takes without a queue that grows. */
import type { Voters } from './load/voters-process.ts'
import { checkLoad } from './check-load.ts'
import { planFor } from './measured-run.ts'
import { Dishonest } from './part.ts'
import { rounded } from './statistics.ts'

// A rate is kept up where no more than this part of a probe's time is left to do at its end, beside what a group, a
// transaction and a send to Kafka take anyhow.
const leftToDo = 0.05
const anyhowS = 0.4
// What is kept up for seconds is more than what is kept up for a minute with a checkpoint in it.
const margin = 0.85
const mostProbes = 4

/**
 * First as fast as answers come: what was accepted, over the time until all of it was on Kafka, is what the machine
 * can do. A little less than that is tried open loop, and less again where it is not kept up.
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
  let rate = (told.accepted / (performance.now() - startedAt)) * 1000
  say(
    `    as fast as answers come: ${rounded(told.accepted / told.tookS)} votes/s, stored and sent at ${rounded(rate)}`,
  )
  for (let probe = 1; probe <= mostProbes; probe++) {
    rate *= margin
    const isKept = await keepsUp(voters, settled, rate, probeS)
    say(`    ${rounded(rate)} votes/s ${isKept ? 'are kept up' : 'are too many'}`)
    if (isKept) return rate
  }
  throw new Dishonest(`not even ${rounded(rate)} votes/s are kept up`)
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
