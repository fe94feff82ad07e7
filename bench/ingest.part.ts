/** How fast one worker stores votes that wait, beside raw inserts of the same rows. */
import { z } from 'zod'
import { runTool } from '../local/child.ts'
import { checkLoad } from './check-load.ts'
import { cpuBetween, cpuNow, type Trees } from './cpu.ts'
import type { BenchHouse } from './house.ts'
import { ledgerSums } from './ledger.pg.ts'
import { startCrowd } from './load/crowd.ts'
import type { Ballot } from './load/messages.ts'
import { planFor } from './measured-run.ts'
import { Dishonest, type Bench, type Part } from './part.ts'
import { readSettings } from './settings.ts'
import { overRounds, rounded } from './statistics.ts'

// Ten seconds of the record.
const votesPerSecondAsked = 30_000
const warmUpShare = 0.2
const fillWithinS = 150

interface Round {
  readonly rowsPerS: number
  readonly rawRowsPerS: number
  readonly cpuUs: number
  readonly of: Readonly<Record<string, number>>
}

export const ingest: Part = {
  name: 'ingest',
  says: 'one worker that stores waiting votes, beside raw inserts of the same rows',
  async run(bench) {
    await using opened = await bench.openHouse()
    bench.noteSettings(await readSettings(opened))
    await opened.gateways(bench.options.gateways ?? 2, { MOST_WAITING: '100000000' })
    const rounds: Round[] = []
    for (let round = 1; round <= bench.rounds; round++) {
      const one = await runRound(bench, opened)
      rounds.push(one)
      const shares = Object.entries(one.of).map(([name, us]) => `${name} ${rounded(us)}`)
      bench.say(
        `  round ${round}: ${rounded(one.rowsPerS)} rows/s (${shares.join(', ')} us a row), ` +
          `raw ${rounded(one.rawRowsPerS)} rows/s`,
      )
    }
    const us = (name: string) => rounds.map(({ of }) => of[name] ?? 0)
    return [
      overRounds(
        'ingest.ratio',
        'x raw',
        rounds.map(({ rowsPerS, rawRowsPerS }) => rowsPerS / rawRowsPerS),
        'ledger and counters included',
      ),
      overRounds(
        'ingest.rows_per_s',
        'rows/s',
        rounds.map(({ rowsPerS }) => rowsPerS),
      ),
      overRounds(
        'ingest.raw_rows_per_s',
        'rows/s',
        rounds.map(({ rawRowsPerS }) => rawRowsPerS),
      ),
      overRounds(
        'ingest.cpu_us',
        'us',
        rounds.map(({ cpuUs }) => cpuUs),
        'worker + Postgres + Redis',
      ),
      overRounds('ingest.cpu_us.workers', 'us', us('workers')),
      overRounds('ingest.cpu_us.postgres', 'us', us('postgres')),
      overRounds('ingest.cpu_us.redis', 'us', us('redis')),
    ]
  },
}

async function runRound(bench: Bench, opened: BenchHouse): Promise<Round> {
  const [ballot] = await opened.polls(1)
  if (ballot === undefined) throw new Error('no poll')
  const before = await ledgerSums(opened.db)
  const accepted = await fillQueue(bench, opened, ballot)
  const stored = await drain(opened, before.received, accepted, bench.signal)
  const { counted } = await ledgerSums(opened.db)
  if (counted - before.counted !== accepted) {
    throw new Dishonest(`${accepted} votes were accepted, but ${counted - before.counted} counted`)
  }
  return { ...stored, rawRowsPerS: await rawIngest(opened, ballot, accepted, bench.signal) }
}

/** With the workers stopped, as fast as answers come; nobody is bad here, it is the queue that matters. */
async function fillQueue(bench: Bench, opened: BenchHouse, ballot: Ballot): Promise<number> {
  const setup = await opened.voters([ballot], bench.options.connections ?? 256)
  await using voters = await startCrowd(setup, bench.options.generators, bench.signal)
  const votes = bench.seconds(10) * votesPerSecondAsked
  await voters.prepare(
    planFor({ kind: 'closed', seconds: fillWithinS }, votes / fillWithinS, { badPercent: 0 }),
  )
  const told = await voters.run()
  checkLoad(told, false)
  return told.accepted
}

/** From a fifth of the way to the end, like the rival. */
async function drain(
  opened: BenchHouse,
  received: number,
  votes: number,
  signal: AbortSignal,
): Promise<Omit<Round, 'rawRowsPerS'>> {
  const jobs = await opened.queue.left()
  await opened.workers(1, ['persist'])
  const trees = (): Trees => {
    const { workers = [], postgres = [], redis = [] } = opened.trees()
    return { workers, postgres, redis }
  }
  while ((await opened.queue.left()) > jobs * (1 - warmUpShare)) {
    signal.throwIfAborted()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const from = (await ledgerSums(opened.db)).received
  const before = cpuNow(trees())
  const rows = received + votes - from
  if (rows < votes / 2) throw new Dishonest(`most of ${votes} votes were stored before the clock started`)
  await opened.queue.empty(300, signal)
  const used = cpuBetween(before, cpuNow(trees()))
  await opened.workers(0)
  const us = (seconds: number) => (seconds * 1e6) / rows
  return {
    rowsPerS: rows / used.tookS,
    cpuUs: us(used.sum),
    of: Object.fromEntries(Object.entries(used.seconds).map(([name, seconds]) => [name, us(seconds)])),
  }
}

const rawShape = z.object({ rows: z.number(), rowsPerS: z.number() })

async function rawIngest(
  { house }: BenchHouse,
  { pollId }: Ballot,
  votes: number,
  signal: AbortSignal,
): Promise<number> {
  await house.rows('create table raw_votes (like votes including all)')
  try {
    const args = ['bench/rivals/raw-ingest.ts', house.services.databaseUrl, pollId, 'raw_votes']
    const env = { ...process.env, NODE_ENV: 'production' }
    const output = await runTool({ command: process.execPath, args, env }, signal)
    const raw = rawShape.parse(JSON.parse(output))
    const [stored] = await house.rows<{ n: string }>('select count(*) as n from raw_votes')
    if (raw.rows !== votes || Number(stored?.n) !== votes) {
      throw new Dishonest(`raw inserts stored ${stored?.n ?? 0} of ${votes} rows`)
    }
    return raw.rowsPerS
  } finally {
    await house.rows('drop table raw_votes')
  }
}
