/** Leases one shard to this worker, fenced by the lease's epoch. */
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'

// A worker that died leaves its shard idle for this long; there are 15 others to go on with.
const leasedFor = sql.fragment`interval '10 seconds'`

const leaseShape = z.object({ shard: z.number(), epoch: z.number() })
const headShape = z.object({ received: z.number() })
const none = z.object({})
export type Lease = z.infer<typeof leaseShape>

export class LeaseLost extends Error {
  constructor({ shard, epoch }: Lease) {
    super(`the lease of shard ${shard} under epoch ${epoch} is another worker's by now`)
    this.name = 'LeaseLost'
  }
}

/** Null where every shard is leased. `owner` is for whoever looks at the table. */
export function takeLease(pool: DatabasePool, owner: string): Promise<Lease | null> {
  return pool.maybeOne(sql.type(leaseShape)`
    update shard_heads set epoch = epoch + 1, owner = ${owner}, leased_until = clock_timestamp() + ${leasedFor}
    where shard = (
      select shard from shard_heads where leased_until < clock_timestamp()
      order by leased_until, shard limit 1 for update skip locked)
    returning shard, epoch`)
}

/**
 * The first statement of every transaction that counts: locks the shard's head under the epoch that was leased, and
 * renews the lease. Throws LeaseLost.
 */
export async function fence(tx: CommonQueryMethods, lease: Lease): Promise<void> {
  const { rowCount } = await tx.query(sql.type(none)`
    update shard_heads set leased_until = clock_timestamp() + ${leasedFor}
    where shard = ${lease.shard} and epoch = ${lease.epoch}`)
  if (rowCount !== 1) throw new LeaseLost(lease)
}

/** Adds to what the shard has received in all, and answers the sum. */
export async function addReceived(tx: CommonQueryMethods, lease: Lease, votes: number): Promise<number> {
  const { received } = await tx.one(sql.type(headShape)`
    update shard_heads set received = received + ${votes} where shard = ${lease.shard} returning received`)
  return received
}

/** Gives the shard back for the next worker to take at once. */
export async function giveUpLease(pool: DatabasePool, lease: Lease): Promise<void> {
  await pool.query(sql.type(none)`
    update shard_heads set leased_until = '-infinity', owner = null
    where shard = ${lease.shard} and epoch = ${lease.epoch}`)
}
