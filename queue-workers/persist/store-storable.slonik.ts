/** Stores what can be stored of votes among which there are some that Postgres refuses, and finds those. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { crashPoint } from '../../runtime/crash-point.ts'
import type { Unstored } from './ledger-row.ts'
import { VoteRefused } from './refused-vote.slonik.ts'
import { storeVotes, type VotesToStore } from './store-votes.slonik.ts'

const none = z.object({})

/**
 * Halves what is refused until each refused vote stands alone: about 2 log n statements for each, and each half is
 * undone to a savepoint, so that it is still one transaction, with one ledger row for each part. Only a vote that
 * is refused when it stands alone is rejected; what was refused before, and is not any more, counts.
 */
export async function storeStorable(
  tx: CommonQueryMethods,
  votes: VotesToStore,
): Promise<Map<number, Unstored>> {
  const unstored = new Map<number, Unstored>()

  async function store(order: Uint32Array): Promise<void> {
    const [only] = order
    if (only === undefined) return
    await tx.query(sql.type(none)`savepoint some_votes`)
    try {
      for (const [vote, its] of await storeVotes(tx, { ...votes, order })) unstored.set(vote, its)
      await tx.query(sql.type(none)`release savepoint some_votes`)
      return
    } catch (error) {
      if (!(error instanceof VoteRefused)) throw error
      await tx.query(sql.type(none)`rollback to savepoint some_votes`)
      await tx.query(sql.type(none)`release savepoint some_votes`)
      if (order.length === 1) {
        unstored.set(only, { outcome: 'rejected', why: `unstorable ${error.code}` })
        crashPoint('persist.splitting')
        return
      }
    }
    // In the order of their keys, as all votes are stored: two workers never wait for each other in a circle.
    const middle = order.length >> 1
    await store(order.subarray(0, middle))
    await store(order.subarray(middle))
  }

  await store(votes.order)
  return unstored
}
