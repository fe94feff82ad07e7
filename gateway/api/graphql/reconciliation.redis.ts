/** The books of a poll as the reconciler last found them, for moderators. */
import type { Redis } from 'ioredis'
import { pollIdShape } from '../../../contracts/ids.ts'
import { reconciliationShape, type Reconciliation } from '../../../contracts/reconciliation.ts'
import { redisKeys } from '../../../contracts/redis-keys.ts'
import { refuse } from './refusals.ts'
import type { Viewer } from './viewer.ts'

/** Null before the first look. */
export type ReadReconciliation = (pollId: string) => Promise<Reconciliation | null>

export function makeReadReconciliation(redis: Pick<Redis, 'hget'>): ReadReconciliation {
  return async (pollId) => {
    const text = await redis.hget(redisKeys.reconciliation, pollId)
    return text === null ? null : reconciliationShape.parse(JSON.parse(text))
  }
}

/** `reconciliation(pollId)`. */
export function makeReconciliationQuery(
  polls: { byId: (pollId: string) => unknown },
  read: ReadReconciliation,
) {
  return async (_: unknown, { pollId }: { readonly pollId: string }, viewer: Viewer) => {
    if (!viewer.isAdmin) throw refuse('admin-token-needed')
    const id = pollIdShape.safeParse(pollId)
    if (!id.success) throw refuse('bad-input', 'pollId must be a UUID')
    if (polls.byId(id.data) === null) throw refuse('unknown-poll')
    return read(id.data).catch(() => {
      throw refuse('unavailable')
    })
  }
}
