/** An anchor was signed: the one that certifies a poll tells how many voters have how many votes. */
import { sql } from 'slonik'
import { z } from 'zod'
import { anchorSignedShape } from '../../../contracts/events.ts'
import { makeDeed } from './deed.ts'

const none = z.object({})

export const applyAnchors = makeDeed({
  shape: anchorSignedShape,
  headOf: ({ data }) => ({ pollId: data.pollId, batchId: null, counted: null }),
  async apply(tx, events) {
    for (const { pollId, certified } of events.map(({ data }) => data)) {
      if (certified === undefined) continue
      const rows = certified.voters.map(({ boxId, votes, voters }) => [pollId, boxId, votes, voters])
      await tx.query(sql.type(none)`delete from voter_counts where poll_id = ${pollId}`)
      await tx.query(sql.type(none)`
        insert into voter_counts (poll_id, box_id, votes, voters)
        select * from ${sql.unnest(rows, ['uuid', 'text', 'int4', 'int8'])}`)
    }
  },
})
