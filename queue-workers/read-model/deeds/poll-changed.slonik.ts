/** A poll changed: its newest state stands in the place of those before. */
import { sql } from 'slonik'
import { z } from 'zod'
import { pollChangedShape } from '../../../contracts/events.ts'
import { makeDeed } from './deed.ts'

const none = z.object({})

/** The version guards it: an event that became visible late is told late. */
export const applyPollChanges = makeDeed({
  shape: pollChangedShape,
  headOf: ({ data }) => ({ pollId: data.pollId, batchId: null, counted: null }),
  async apply(tx, events) {
    for (const { data: poll } of events) {
      await tx.query(sql.type(none)`
        insert into polls (poll_id, version, content)
        values (${poll.pollId}, ${poll.version}, ${sql.jsonb(poll)})
        on conflict (poll_id) do update set version = excluded.version, content = excluded.content
        where excluded.version > polls.version`)
    }
  },
})
