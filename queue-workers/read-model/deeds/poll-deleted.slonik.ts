/** A poll was deleted: that it was stays, so that an older event cannot bring it back. */
import { sql } from 'slonik'
import { z } from 'zod'
import { pollDeletedShape } from '../../../contracts/events.ts'
import { makeDeed } from './deed.ts'

const none = z.object({})

export const applyPollDeletions = makeDeed({
  shape: pollDeletedShape,
  headOf: ({ data }) => ({ pollId: data.pollId, batchId: null, counted: null }),
  async apply(tx, events) {
    for (const { data } of events) {
      await tx.query(sql.type(none)`
        insert into polls (poll_id, version, content) values (${data.pollId}, ${data.version}, null)
        on conflict (poll_id) do update set version = excluded.version, content = null
        where excluded.version >= polls.version`)
    }
  },
})
