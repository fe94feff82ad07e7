/** Moves anchors from Postgres to Kafka: at least once, and those of a poll in their order. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { advisoryLocks } from '../../sql/advisory-locks.ts'
import { anchorSignedMessage, topics } from '../../contracts/events.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import type { KafkaMessage } from './send-events.kafka.ts'

// Of 16 shards an anchor has 4 kB.
const anchorsPerSend = 100

const anchorShape = z.object({
  poll_no: z.number(),
  poll_id: z.string(),
  anchor_no: z.number(),
  made_at: z.number(),
  content: z.instanceof(Buffer).transform((bytes) => bytes.toString()),
  signature: z.instanceof(Buffer).transform((bytes) => bytes.toString('base64url')),
  key_id: z.string(),
})
const lockShape = z.object({ locked: z.boolean() })
const none = z.object({})

type Send = (topic: string, messages: readonly KafkaMessage[]) => Promise<void>

/**
 * Answers whether more than these wait. One publisher at a time speaks of anchors, so that a poll's come in the order of
 * their numbers; if it dies before they are marked, another sends them again under the same id.
 */
export function publishAnchors(pool: DatabasePool, send: Send): Promise<boolean> {
  return pool.transaction(async (tx) => {
    const { locked } = await tx.one(
      sql.type(lockShape)`select pg_try_advisory_xact_lock(${advisoryLocks.publishAnchors}) as locked`,
    )
    if (!locked) return false
    const anchors = await takeAnchors(tx)
    if (anchors.length === 0) return false
    const messages = anchors.map(({ poll_id: pollId, anchor_no: anchorNo, made_at: madeAt, ...anchor }) => ({
      key: pollId,
      value: anchorSignedMessage(pollId, anchorNo, new Date(madeAt), {
        ...{ content: anchor.content, signature: anchor.signature, keyId: anchor.key_id },
      }),
    }))
    await send(topics.anchors.topic, messages)
    crashPoint('publish.anchors-sent')
    const keys = anchors.map((anchor) => [anchor.poll_no, anchor.anchor_no])
    await tx.query(sql.type(none)`
      update anchors a set emitted_at = now()
      from ${sql.unnest(keys, ['int4', 'int4'])} as k (poll_no, anchor_no)
      where a.poll_no = k.poll_no and a.anchor_no = k.anchor_no`)
    return anchors.length === anchorsPerSend
  })
}

function takeAnchors(tx: CommonQueryMethods): Promise<readonly z.infer<typeof anchorShape>[]> {
  return tx.any(sql.type(anchorShape)`
    select a.poll_no, p.poll_id, a.anchor_no, a.made_at, a.content, a.signature, a.key_id
    from anchors a join polls p using (poll_no)
    where a.emitted_at is null
    order by a.poll_no, a.anchor_no limit ${anchorsPerSend}`)
}
