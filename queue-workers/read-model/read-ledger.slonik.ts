/** What Kafka no longer has, out of the main database: the same messages, to the byte, under the same ids. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { anchorSignedMessage, topics, votesRecordedMessage } from '../../contracts/events.ts'

const rowShape = z.object({
  poll_no: z.number(),
  batch_id: z.string(),
  poll_id: z.string(),
  stored_at: z.number(),
  shard: z.number(),
  seq: z.number(),
  hash: z.string(),
  content: z.string().transform((text) => Buffer.from(text)),
})
const eventShape = z.object({ event_no: z.number(), message: z.instanceof(Buffer) })
const anchorShape = z.object({
  poll_no: z.number(),
  poll_id: z.string(),
  anchor_no: z.number(),
  made_at: z.number(),
  content: z.string(),
  signature: z.instanceof(Buffer),
  key_id: z.string(),
})

const rowsPerPage = 200

/** Page by page, each in the order of its keys. */
type Pages = AsyncGenerator<readonly Buffer[]>

/** What was once told on this topic. */
export function readTold(db: CommonQueryMethods, topic: string): Pages {
  switch (topic) {
    case topics.votes.topic:
      return votesTold(db)
    case topics.polls.topic:
      return pollsTold(db)
    case topics.anchors.topic:
      return anchorsTold(db)
    default:
      throw new Error(`nothing else keeps what was told on ${topic}`)
  }
}

async function* votesTold(db: CommonQueryMethods): Pages {
  let [pollNo, batchId] = [0, '00000000-0000-0000-0000-000000000000']
  for (;;) {
    const rows = await db.any(sql.type(rowShape)`
      select poll_no, batch_id, poll_id, stored_at, shard::int, seq, encode(hash, 'hex') as hash,
        convert_from(content, 'UTF8') as content
      from ledger join polls using (poll_no)
      where (poll_no, batch_id) > (${pollNo}, ${batchId}::uuid)
      order by poll_no, batch_id limit ${rowsPerPage}`)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map((row) =>
      votesRecordedMessage({
        ...{ batchId: row.batch_id, pollId: row.poll_id, storedAt: new Date(row.stored_at) },
        ...{ content: row.content, shard: row.shard, seq: row.seq, hash: row.hash },
      }),
    )
    pollNo = last.poll_no
    batchId = last.batch_id
  }
}

async function* pollsTold(db: CommonQueryMethods): Pages {
  for (let eventNo = 0; ;) {
    const rows = await db.any(sql.type(eventShape)`
      select event_no, message from poll_events where event_no > ${eventNo} order by event_no limit ${rowsPerPage}`)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map(({ message }) => message)
    eventNo = last.event_no
  }
}

async function* anchorsTold(db: CommonQueryMethods): Pages {
  let [pollNo, anchorNo] = [0, 0]
  for (;;) {
    const rows = await db.any(sql.type(anchorShape)`
      select poll_no, poll_id, anchor_no, made_at, convert_from(content, 'UTF8') as content, signature, key_id
      from anchors join polls using (poll_no) where (poll_no, anchor_no) > (${pollNo}, ${anchorNo})
      order by poll_no, anchor_no limit ${rowsPerPage}`)
    const last = rows.at(-1)
    if (last === undefined) return
    yield rows.map((row) => {
      const signed = {
        content: row.content,
        signature: row.signature.toString('base64url'),
        keyId: row.key_id,
      }
      return anchorSignedMessage(row.poll_id, row.anchor_no, new Date(row.made_at), signed)
    })
    pollNo = last.poll_no
    anchorNo = last.anchor_no
  }
}
