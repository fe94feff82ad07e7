/** Twice what the door can take, and then more than may wait: nothing that was accepted is lost. */
import { join } from 'node:path'
import { checkLoad } from './check-load.ts'
import type { BenchHouse } from './house.ts'
import { startCrowd } from './load/crowd.ts'
import { compareVotes } from './lost-votes.pg.ts'
import { manyConnections, planFor, warmUp } from './measured-run.ts'
import { Dishonest, type Bench, type Figure, type Part } from './part.ts'
import { readSettings } from './settings.ts'
import { rounded } from './statistics.ts'
import { tellProgress } from './tell-progress.ts'

const boundWhole = 200_000
// A group is admitted whole or not at all.
const groupMost = 500
const timesTheCeiling = 2
const refusingForS = 3

export const burst: Part = {
  name: 'burst',
  says: 'twice the ceiling for 30 s, then workers stopped until no more may wait: nothing is lost',
  async run(bench) {
    await using opened = await bench.openHouse({ kafka: true })
    await opened.gateways(bench.options.gateways ?? 2)
    await opened.workers(bench.options.workers ?? 1)
    const flood = await runFlood(bench, opened)
    bench.noteSettings(await readSettings(opened))
    const full = await runFull(bench, opened)
    const lost = flood.lost + full.lost
    if (lost > 0) throw new Dishonest(`${lost} accepted votes are not stored`)
    return [
      { name: 'burst.lost', value: lost, unit: 'votes', note: 'accepted and not stored, by voteId' },
      ...flood.figures,
      ...full.figures,
    ]
  },
}

async function runFlood(bench: Bench, opened: BenchHouse): Promise<{ lost: number; figures: Figure[] }> {
  const [calm, stormy] = await opened.polls(2)
  if (calm === undefined || stormy === undefined) throw new Error('no polls')
  const connections = bench.options.connections ?? manyConnections
  const ceiling = await findCeiling(bench, opened, await opened.voters([calm], connections))
  const rate = bench.options.rate ?? ceiling * timesTheCeiling
  const seconds = bench.seconds(30)
  bench.say(`  the door takes ${rounded(ceiling)} votes/s; ${rounded(rate)} a second come for ${seconds} s`)

  await using voters = await startCrowd(
    await opened.voters([stormy], connections),
    bench.options.generators,
    bench.signal,
  )
  const files = ['flood-first', 'flood'].map((name) => join(opened.house.dataDir, name))
  const [acceptedFirst = '', acceptedFile = ''] = files
  // Those who have voted before the storm try again in it.
  await warmUp(voters, 1, { acceptedFile: acceptedFirst })
  await opened.settled(300)
  await voters.prepare(planFor({ kind: 'open', seconds, rate }, rate, { acceptedFile, patienceS: 300 }))
  const startedAt = performance.now()
  const told = await voters.run(tellProgress(bench.say))
  for (const remark of checkLoad(told, true)) bench.say(`    ${remark}`)
  await opened.settled(300)
  // The generator has written its log of accepted votes meanwhile: at most, that is.
  const drainedS = (performance.now() - startedAt) / 1000 - told.pacedS
  const compared = await compareVotes(opened.house.services.databaseUrl, stormy.pollId, files)
  if (compared.extra > 0) throw new Dishonest(`${compared.extra} votes are stored that nobody was told of`)
  const refusedForRoom = Object.values(told.noRoom).reduce((sum, n) => sum + n, 0)
  bench.say(
    `    ${told.accepted} accepted, ${compared.stored} stored with those of the second before, ` +
      `lost ${compared.lost}; ` +
      `all answered ${rounded(told.tookS - told.pacedS)} s after the burst, all on Kafka ${rounded(drainedS)} s after it`,
  )
  return {
    lost: compared.lost,
    figures: [
      {
        name: 'burst.offered_per_s',
        value: rate,
        unit: 'votes/s',
        note: `due for ${seconds} s; no more than ${connections} at a time reach the door`,
      },
      {
        name: 'burst.answered_per_s',
        value: told.accepted / told.tookS,
        unit: 'votes/s',
        note: 'accepted, until all were',
      },
      { name: 'burst.answered_s', value: told.tookS, unit: 's', note: 'until every voter had an answer' },
      {
        name: 'burst.drained_s',
        value: drainedS,
        unit: 's',
        note: 'after the burst',
      },
      { name: 'burst.refused_for_room', value: refusedForRoom, unit: 'answers', note: 'each sent again' },
    ],
  }
}

async function findCeiling(
  bench: Bench,
  opened: BenchHouse,
  setup: Awaited<ReturnType<BenchHouse['voters']>>,
): Promise<number> {
  await using voters = await startCrowd(setup, bench.options.generators, bench.signal)
  await warmUp(voters, 3)
  const ceiling = await warmUp(voters, 5)
  await opened.settled(300)
  return ceiling
}

/** Workers stand still until nobody more may wait; then they come back. */
async function runFull(bench: Bench, opened: BenchHouse): Promise<{ lost: number; figures: Figure[] }> {
  const bound = Math.max(20_000, Math.round(boundWhole * Math.min(1, bench.seconds(30) / 30)))
  const gateways = await opened.gateways(bench.options.gateways ?? 2, { MOST_WAITING: String(bound) })
  const [ballot] = await opened.polls(1)
  if (ballot === undefined) throw new Error('no poll')
  await opened.workers(0)
  const connections = bench.options.connections ?? manyConnections
  const setup = await opened.voters([ballot], connections)
  await using voters = await startCrowd(setup, bench.options.generators, bench.signal)
  const acceptedFile = join(opened.house.dataDir, 'full')
  const requests = bound + 10_000
  await voters.prepare({
    ...planFor({ kind: 'closed', seconds: 240 }, 0, { badPercent: 0, acceptedFile }),
    ...{ requests, untilAllAccepted: true, patienceS: 300 },
  })
  const memoryBefore = await usedMemory(opened)
  const refused = Promise.withResolvers<number>()
  let latest = 0
  const running = voters.run(({ accepted, noRoom }) => {
    latest = accepted
    if (noRoom > 0) refused.resolve(accepted)
  })
  running.catch((fault: unknown) => refused.reject(fault))
  const atFirstRefusal = await refused.promise
  await new Promise((resolve) => setTimeout(resolve, refusingForS * 1000))
  const waiting = latest
  const memoryFull = await usedMemory(opened)
  // What was accepted and whose answer was still on its way when the first refusal was seen is not missing.
  const slack = groupMost * gateways.length + connections
  bench.say(`  bound ${bound}: refused from ${atFirstRefusal} on, ${waiting} accepted and waiting`)
  if (atFirstRefusal < bound - slack) {
    throw new Dishonest(`a vote was refused when only ${atFirstRefusal} of ${bound} waited`)
  }
  if (waiting > bound) throw new Dishonest(`${waiting} votes were accepted where ${bound} may wait`)

  const startedAt = performance.now()
  await opened.workers(bench.options.workers ?? 1)
  const told = await running
  checkLoad(told, false)
  await opened.settled(300)
  const drainS = (performance.now() - startedAt) / 1000
  const reasons = Object.keys(told.noRoom).filter((reason) => reason !== 'queue-full')
  if (reasons.length > 0) throw new Dishonest(`votes were refused as ${reasons.join(', ')}`)
  if (told.accepted !== requests)
    throw new Dishonest(`${requests} votes were cast, ${told.accepted} accepted`)
  const compared = await compareVotes(opened.house.services.databaseUrl, ballot.pollId, [acceptedFile])
  if (compared.extra > 0 || compared.stored !== told.accepted)
    throw new Dishonest(`${told.accepted} votes were accepted and ${compared.stored} are stored`)
  const memoryDrained = await usedMemory(opened)
  bench.say(`    ${told.accepted} accepted, lost ${compared.lost}, drained in ${rounded(drainS)} s`)
  const bytes = (name: string, value: number, note: string): Figure => ({ name, value, unit: 'bytes', note })
  return {
    lost: compared.lost,
    figures: [
      {
        name: 'burst.drain_s',
        value: drainS,
        unit: 's',
        note: `${told.accepted} votes from the workers' start`,
      },
      bytes(
        'burst.redis_bytes_waiting',
        (memoryFull - memoryBefore) / waiting,
        'of Redis for each vote that waits, its voter included',
      ),
      bytes(
        'burst.redis_bytes_voter',
        (memoryDrained - memoryBefore) / told.accepted,
        'of Redis for each voter that is remembered',
      ),
    ],
  }
}

async function usedMemory({ house }: BenchHouse): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await house.redis.info('memory'))?.[1] ?? Number.NaN)
}
