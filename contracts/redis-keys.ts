/** Every key and channel on Redis, as functions; all of one vote carry one hash tag. */

const tag = 'urna:{b0}'

export const redisKeys = {
  /** String: the id of this Redis' memory. Mirrored in Postgres; another value = another memory. */
  epoch: `${tag}:epoch`,
  /** String: grows each second; an older file shows by a smaller beat than Postgres'. */
  beat: `${tag}:beat`,
  /** Hash pollId -> PollRecord as JSON. */
  polls: `${tag}:polls`,
  /** Number that grows with every change of `polls`; missing where this Redis knows no poll. */
  pollsChanges: `${tag}:polls-changes`,
  /** Hash of what the admission script needs to judge one poll: see gateway/ballot/admit.lua. */
  rules: (pollId: string) => `${tag}:poll:${pollId}:rules`,
  /** Hash of the votes accepted: see remembered.ts. */
  memory: (pollId: string) => `${tag}:poll:${pollId}:memory`,
  /** The same while it is restored: `memory` itself is whole, or not there. */
  restoring: (pollId: string) => `${tag}:poll:${pollId}:restoring`,
  /** Hashes of the votes accepted lately in boxes without a limit, one for each slice of time: see remembered.ts. */
  recent: (pollId: string, slice: 0 | 1 | 2) => `${tag}:poll:${pollId}:recent:${slice}`,
  /** Hash shard -> its counts (tally.ts). */
  tally: (pollId: string) => `${tag}:poll:${pollId}:tally`,
  /** String that lives as long as no new tally of the poll may be announced. */
  announced: (pollId: string) => `${tag}:poll:${pollId}:announced`,
  /** Hash gateway run -> votes it has put into jobs, absolute. Their sum less `received` = waiting. */
  admitted: `${tag}:admitted`,
  /** Hash shard -> votes that Postgres has received through it, absolute. */
  received: `${tag}:received`,
  /** Hash gateway run -> batches that it has put into the queue: the last seq. */
  batches: `${tag}:batches`,
  /** Hash gateway run -> votes of this poll that it has put into jobs, absolute: what the poll's books begin with. */
  acceptedOfPoll: (pollId: string) => `${tag}:poll:${pollId}:accepted`,
  /** Hash pollId -> its Reconciliation as JSON, written by the role `reconcile` at every look. */
  reconciliation: `${tag}:reconciliation`,
  /** Hash hop -> its waiting and the age of its oldest, as JSON, written by the workers each second. */
  pipeline: `${tag}:pipeline`,
} as const

export const redisChannels = {
  /** TallyFrame as JSON. */
  tally: (pollId: string) => `${tag}:tally:${pollId}`,
  /** The pollId of a poll that changed. */
  polls: `${tag}:polls-changed`,
  /** The pollId of a poll whose row a worker changed: a gateway brings it to Redis. */
  pollRows: `${tag}:poll-rows-changed`,
  /** Rows were added to the ledger or the polls' outbox: publishers wake up. No content. */
  ledger: `${tag}:ledger-grew`,
} as const
