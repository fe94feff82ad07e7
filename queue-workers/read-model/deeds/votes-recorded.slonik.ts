/** Votes were recorded: the counts grow by those that were counted, the outcomes by the others. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { votesRecordedShape, type VotesRecorded } from '../../../contracts/events.ts'
import { ledgerContentShape } from '../../../contracts/ledger.ts'
import { addUpVotes } from './add-up-votes.ts'
import { makeDeed } from './deed.ts'

const none = z.object({})

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value)

type Votes = VotesRecorded['data']['votes']

/** As ledger.ts has it, checked by hand: there are 500 in an event, and zod would take half of all the time. */
function areVotes(value: unknown): value is Votes {
  if (!isList(value)) return false
  for (const vote of value) {
    if (!isList(vote) || vote.length !== 4) return false
    const [position, voteId, box, option] = vote
    if (typeof voteId !== 'string' || typeof box !== 'string' || typeof option !== 'string') return false
    if (typeof position !== 'number' || !Number.isInteger(position) || position < 0) return false
  }
  return true
}

const shape = votesRecordedShape.extend({
  data: ledgerContentShape.extend({
    votes: z.custom<Votes>(areVotes, 'must be votes: [position, voteId, box, option]'),
  }),
})

export const applyVotes = makeDeed({
  shape,
  headOf({ data }) {
    if (Number.isNaN(Date.parse(data.acceptedAt))) throw new Error('data.acceptedAt: not an instant')
    const counted = data.votes.length - data.uncounted.length
    return { pollId: data.pollId, batchId: data.batchId, counted }
  },
  async apply(tx: CommonQueryMethods, events: readonly VotesRecorded[]) {
    // Sorted by their keys: two who write the same poll wait for each other, and never in a circle.
    const { progress, minutes, options, outcomes } = addUpVotes(events)
    await tx.query(sql.type(none)`
      insert into poll_progress as had (poll_id, batches, as_of)
      select * from ${sql.unnest(progress, ['uuid', 'int8', 'timestamptz'])}
      on conflict (poll_id) do update
      set batches = had.batches + excluded.batches, as_of = greatest(had.as_of, excluded.as_of)`)
    await tx.query(sql.type(none)`
      insert into minute_counts as had (poll_id, minute, box_id, option_id, votes)
      select * from ${sql.unnest(minutes, ['uuid', 'timestamptz', 'text', 'text', 'int8'])}
      on conflict (poll_id, minute, box_id, option_id) do update set votes = had.votes + excluded.votes`)
    await tx.query(sql.type(none)`
      insert into option_counts as had (poll_id, box_id, option_id, votes)
      select * from ${sql.unnest(options, ['uuid', 'text', 'text', 'int8'])}
      on conflict (poll_id, box_id, option_id) do update set votes = had.votes + excluded.votes`)
    if (outcomes.length === 0) return
    await tx.query(sql.type(none)`
      insert into outcome_counts as had (poll_id, outcome, why, votes)
      select * from ${sql.unnest(outcomes, ['uuid', 'text', 'text', 'int8'])}
      on conflict (poll_id, outcome, why) do update set votes = had.votes + excluded.votes`)
  },
})
