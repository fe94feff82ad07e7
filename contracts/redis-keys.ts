/** Every key and channel on Redis, as functions; all of one vote carry the hash tag of its lane. */

const houseTag = 'urna:{b0}'

/** The keys of one lane: all of a vote carry its hash tag, so that one script may touch them on a Redis Cluster. */
export function laneKeys(lane: number) {
  const tag = `urna:{b${lane}}`
  return {
    /** String: the id of this lane's memory. Mirrored in Postgres; another value = another memory. */
    epoch: `${tag}:epoch`,
    /** String: grows each second; an older file shows by a smaller beat than Postgres'. */
    beat: `${tag}:beat`,
    /** Hash of what the admission script needs to judge one poll: see gateway/ballot/admit.lua. */
    rules: (pollId: string) => `${tag}:poll:${pollId}:rules`,
    /** Hash of the votes accepted: see remembered.ts. */
    memory: (pollId: string) => `${tag}:poll:${pollId}:memory`,
    /** The same while it is restored: `memory` itself is whole, or not there. */
    restoring: (pollId: string) => `${tag}:poll:${pollId}:restoring`,
    /** Hashes of the votes accepted lately in boxes without a limit, one for each slice of time: see remembered.ts. */
    recent: (pollId: string, slice: 0 | 1 | 2) => `${tag}:poll:${pollId}:recent:${slice}`,
    /** Hash gateway run -> votes it has put into jobs, absolute. Their sum less `received` = waiting. */
    admitted: `${tag}:admitted`,
    /** Hash shard -> votes that Postgres has received through it, absolute. */
    received: `${tag}:received`,
    /** Hash gateway run -> batches that it has put into the queue: the last seq. */
    batches: `${tag}:batches`,
    /** Hash gateway run -> votes of this poll that it has put into jobs, absolute: what the poll's books begin with. */
    acceptedOfPoll: (pollId: string) => `${tag}:poll:${pollId}:accepted`,
  } as const
}
export type LaneKeys = ReturnType<typeof laneKeys>

/** The keys of the house, and those of its first lane, which has the same tag. */
export const redisKeys = {
  ...laneKeys(0),
  /** Hash pollId -> PollRecord as JSON. */
  polls: `${houseTag}:polls`,
  /** Number that grows with every change of `polls`; missing where this Redis knows no poll. */
  pollsChanges: `${houseTag}:polls-changes`,
  /** Hash shard -> its counts (tally.ts). */
  tally: (pollId: string) => `${houseTag}:poll:${pollId}:tally`,
  /** String that lives as long as no new tally of the poll may be announced. */
  announced: (pollId: string) => `${houseTag}:poll:${pollId}:announced`,
  /** Hash pollId -> its Reconciliation as JSON, written by the role `reconcile` at every look. */
  reconciliation: `${houseTag}:reconciliation`,
  /** When the role `reconcile` last looked at all that was due, and could; epoch ms. */
  reconciledAt: `${houseTag}:reconciled-at`,
  /** Hash hop -> its waiting and the age of its oldest, as JSON, written by the workers each second. */
  pipeline: `${houseTag}:pipeline`,
  /** String that lives as long as the token of an event stream: it was opened, and cannot be opened again. */
  stream: (id: string) => `${houseTag}:stream:${id}`,
} as const

export const redisChannels = {
  /** TallyFrame as JSON. */
  tally: (pollId: string) => `${houseTag}:tally:${pollId}`,
  /** The pollId of a poll that changed. */
  polls: `${houseTag}:polls-changed`,
  /** The pollId of a poll whose row a worker changed: a gateway brings it to Redis. */
  pollRows: `${houseTag}:poll-rows-changed`,
  /** Rows were added to the ledger or the polls' outbox: publishers wake up. No content. */
  ledger: `${houseTag}:ledger-grew`,
  /** An operation for the gateway process that holds this event stream, as JSON. */
  stream: (id: string) => `${houseTag}:stream-posts:${id}`,
  /** What became of operations that this gateway process sent to others, as JSON. */
  streamReplies: (processId: string) => `${houseTag}:stream-replies:${processId}`,
} as const
