/** A poll's tally from Redis, or failing that from the counters in Postgres. */
import type { PollRecord } from '../../contracts/poll.ts'
import type { TallyFrame } from '../../contracts/tally.ts'

/** Throws when its store is away; `Missing` is null where a store may not know the poll. */
export type ReadTally<Missing extends null = never> = (
  poll: Pick<PollRecord, 'pollId' | 'pollNo' | 'options' | 'boxes'>,
) => Promise<TallyFrame | Missing>

export function makeReadTally(fromRedis: ReadTally<null>, fromPostgres: ReadTally<never>): ReadTally {
  return async (poll) => {
    // Why Redis failed is told by its connection; here it only matters that Postgres has the counts too.
    const frame = await fromRedis(poll).catch(() => null)
    return frame ?? fromPostgres(poll)
  }
}
