/** A poll's report out of the read model. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { Poll } from '../../contracts/poll.ts'
import type { Report } from '../../contracts/read-model.ts'
import { readTally } from './read-tally.slonik.ts'

/** Times in epoch ms. */
const pointShape = z.object({ at: z.number(), votes: z.number() })
const minuteShape = z.object({
  box_id: z.string(),
  minute: z.number(),
  option_id: z.string(),
  votes: z.number(),
})
const outcomeShape = z.object({
  outcome: z.enum(['repeat', 'refused', 'rejected']),
  why: z.string(),
  votes: z.number(),
})
const voterShape = z.object({ box_id: z.string(), votes: z.number(), voters: z.number() })

// 100,000 numbers are about 5 MB of JSON with their names.
const mostNumbers = 100_000

const iso = (ms: number) => new Date(ms).toISOString()
const told = ({ at, votes }: z.infer<typeof pointShape>) => ({ at: iso(at), votes })

/** `rounds`: this poll and those of its earlier rounds that the reader may see, oldest first. */
export async function readReport(
  db: CommonQueryMethods,
  poll: Poll,
  rounds: readonly Poll[],
): Promise<Report> {
  const { pollId, question, isRehearsal, timeZone } = poll
  const tally = await readTally(db, poll)
  // An hour that is told twice, as clocks are set back, is two: date_trunc with a zone knows them apart.
  const hours = await db.any(sql.type(pointShape)`
    select (extract(epoch from date_trunc('hour', minute, ${timeZone})) * 1000)::float8 as at,
      sum(votes)::int8 as votes
    from minute_counts where poll_id = ${pollId} group by 1 order by 1`)
  const peak = await db.maybeOne(sql.type(pointShape)`
    select (extract(epoch from minute) * 1000)::float8 as at, sum(votes)::int8 as votes
    from minute_counts where poll_id = ${pollId} group by minute order by 2 desc, minute limit 1`)
  const outcomes = await db.any(sql.type(outcomeShape)`
    select outcome, why, votes from outcome_counts where poll_id = ${pollId} order by outcome, votes desc, why`)
  const voters = await db.any(sql.type(voterShape)`
    select box_id, votes, voters from voter_counts where poll_id = ${pollId} order by box_id, votes`)
  const earlier: Report['rounds'] = []
  for (const one of rounds) {
    const { total, options } = one.pollId === pollId ? tally : await readTally(db, one)
    earlier.push({ pollId: one.pollId, round: one.round, total, options })
  }
  return {
    ...{ pollId, question, asOf: tally.asOf, isRehearsal, timeZone, total: tally.total },
    ...{ hours: hours.map(told), peak: peak === null ? null : told(peak) },
    shares: await readShares(db, poll),
    outcomes: [...outcomes],
    voters: voters.map(({ box_id: boxId, votes, voters: many }) => ({ boxId, votes, voters: many })),
    rounds: earlier,
  }
}

/** What each option of a box had by the end of each minute in which the box had votes. */
async function readShares(db: CommonQueryMethods, poll: Poll): Promise<Report['shares']> {
  const rows = await db.any(sql.type(minuteShape)`
    select box_id, minute, option_id, votes from minute_counts
    where poll_id = ${poll.pollId} order by box_id, minute`)
  const shares: Report['shares'] = []
  let sums = new Map<string, number>()
  for (const [i, { box_id: boxId, minute, option_id: optionId, votes }] of rows.entries()) {
    if (rows[i - 1]?.box_id !== boxId) sums = new Map()
    sums.set(optionId, (sums.get(optionId) ?? 0) + votes)
    const next = rows[i + 1]
    if (next?.box_id === boxId && next.minute === minute) continue
    const options = poll.options.map((option) => ({
      optionId: option.optionId,
      votes: sums.get(option.optionId) ?? 0,
    }))
    shares.push({ boxId, at: iso(minute), options })
  }
  return thin(shares, Math.ceil(mostNumbers / poll.options.length))
}

/** Every nth, so that no more than `most` are left and each box keeps its newest. */
function thin(shares: Report['shares'], most: number): Report['shares'] {
  const every = Math.ceil(shares.length / most)
  return shares.filter(({ boxId }, i) => i % every === 0 || shares[i + 1]?.boxId !== boxId)
}
