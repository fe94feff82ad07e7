/** Twice what the door can take: nothing that was accepted is lost. */
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

const timesTheCeiling = 2

export const burst: Part = {
  name: 'burst',
  says: 'twice what the door takes for 30 s: nothing is lost',
  async run(bench) {
    await using opened = await bench.openHouse({ kafka: true })
    await opened.gateways(bench.options.gateways ?? 2)
    await opened.workers(bench.options.workers ?? 1)
    const flood = await runFlood(bench, opened)
    bench.noteSettings(await readSettings(opened))
    const { lost } = flood
    if (lost > 0) throw new Dishonest(`${lost} accepted votes are not stored`)
    return [
      { name: 'burst.lost', value: lost, unit: 'votes', note: 'accepted and not stored, by voteId' },
      ...flood.figures,
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
