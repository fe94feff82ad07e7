/** How many lanes the house has: one number in Postgres, which binds every process. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'

const tagsShape = z.object({ hash_tags: z.number() })
const slugShape = z.object({ slug: z.string(), hash_tags: z.number() })
const none = z.object({})

export function readHashTags(db: CommonQueryMethods): Promise<number> {
  return db.oneFirst(sql.type(tagsShape)`select hash_tags from house_lanes`)
}

/** Throws where other lanes are in force by now: neither the memory nor the room of any lane is ours to judge then. */
export async function needHashTags(pool: DatabasePool, hashTags: number): Promise<void> {
  const inForce = await readHashTags(pool)
  if (inForce === hashTags) return
  throw new Error(
    `this house has ${inForce} hash tags by now, and this process was started with ${hashTags}: start it with HASH_TAGS=${inForce}`,
  )
}

/**
 * Puts the number that a gateway is started with in force. Where it is another than before, each shard belongs to
 * another lane: no lease of one holds any longer, and no memory of a lane is mirrored, so that each is restored with the
 * room that it has now. Throws where a poll or a waiting batch needs a lane that there would not be any more;
 * `isEmpty`: whether no batch waits in a lane.
 */
export async function settleHashTags(
  pool: DatabasePool,
  hashTags: number,
  isEmpty: (lane: number) => Promise<boolean>,
): Promise<void> {
  if ((await readHashTags(pool)) === hashTags) return
  await pool.transaction(async (tx) => {
    const inForce = await tx.oneFirst(sql.type(tagsShape)`select hash_tags from house_lanes for update`)
    if (inForce === hashTags) return
    const [poll] = await tx.any(sql.type(slugShape)`
      select slug, hash_tags from polls
      where hash_tags > ${hashTags} and state in ('scheduled', 'open', 'counting') order by poll_no limit 1`)
    if (poll !== undefined) {
      throw new Error(
        `HASH_TAGS is ${hashTags}, but the poll ${poll.slug} is spread over ${poll.hash_tags} until it has ended`,
      )
    }
    for (let lane = hashTags; lane < inForce; lane++) {
      if (await isEmpty(lane)) continue
      throw new Error(
        `HASH_TAGS is ${hashTags}, but votes still wait in lane ${lane}: let the workers finish`,
      )
    }
    await tx.query(sql.type(none)`update house_lanes set hash_tags = ${hashTags}`)
    await tx.query(sql.type(none)`
      update shard_heads set epoch = epoch + 1, owner = null, leased_until = '-infinity'`)
    await tx.query(sql.type(none)`delete from redis_memory`)
  })
}
