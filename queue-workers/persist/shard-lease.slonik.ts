/** Leases one shard to this worker, fenced by the lease's epoch. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'

// A worker that died leaves its shard idle for this long; there are 15 others to go on with.
export const leasedFor = sql.fragment`interval '10 seconds'`

const leaseShape = z.object({ shard: z.number(), epoch: z.number() })
const none = z.object({})
export type Lease = z.infer<typeof leaseShape>

export class LeaseLost extends Error {
  constructor({ shard, epoch }: Lease) {
    super(`the lease of shard ${shard} under epoch ${epoch} is another worker's by now`)
    this.name = 'LeaseLost'
  }
}

/**
 * One of a lane's shards; null where every one is leased, and where the house has another number of lanes by now. `owner`
 * is for whoever looks at the table.
 */
export function takeLease(
  pool: DatabasePool,
  owner: string,
  { lane, hashTags } = { lane: 0, hashTags: 1 },
): Promise<Lease | null> {
  return pool.maybeOne(sql.type(leaseShape)`
    update shard_heads set epoch = epoch + 1, owner = ${owner}, leased_until = clock_timestamp() + ${leasedFor}
    where shard = (
      select shard from shard_heads
      where leased_until < clock_timestamp() and shard % ${hashTags} = ${lane}
        and (select hash_tags from house_lanes) = ${hashTags}
      order by leased_until, shard limit 1 for update skip locked)
    returning shard, epoch`)
}

/** Renews the lease; false where it is another worker's by now. */
export async function renewLease(pool: DatabasePool, lease: Lease): Promise<boolean> {
  const { rowCount } = await pool.query(sql.type(none)`
    update shard_heads set leased_until = clock_timestamp() + ${leasedFor}
    where shard = ${lease.shard} and epoch = ${lease.epoch}`)
  return rowCount === 1
}

/** Gives the shard back for the next worker to take at once. */
export async function giveUpLease(pool: DatabasePool, lease: Lease): Promise<void> {
  await pool.query(sql.type(none)`
    update shard_heads set leased_until = '-infinity', owner = null
    where shard = ${lease.shard} and epoch = ${lease.epoch}`)
}
