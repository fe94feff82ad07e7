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
  /** Hash `voterKey voteId` -> what became of that vote: see gateway/ballot/admit.lua. */
  memory: (pollId: string) => `${tag}:poll:${pollId}:memory`,
  /** Hash `boxNo voterKey` -> how many votes this voter has used in that box. */
  used: (pollId: string) => `${tag}:poll:${pollId}:used`,
  /** Hash shard -> its counts (tally.ts). */
  tally: (pollId: string) => `${tag}:poll:${pollId}:tally`,
  /** String that lives as long as no new tally of the poll may be announced. */
  announced: (pollId: string) => `${tag}:poll:${pollId}:announced`,
  /** Hash gateway run -> votes it has put into jobs, absolute. Their sum less `received` = waiting. */
  admitted: `${tag}:admitted`,
  /** Hash shard -> votes that Postgres has received through it, absolute. */
  received: `${tag}:received`,
  /** Hash gateway run -> votes judged but not yet in a job, absolute: the size of its group under way. */
  reserved: `${tag}:reserved`,
  /** Sorted set gateway run -> when it was last heard of, epoch ms. */
  runs: `${tag}:runs`,
  /** Hash hop -> its waiting and the age of its oldest, as JSON, written by the workers each second. */
  pipeline: `${tag}:pipeline`,
} as const

export const redisChannels = {
  /** TallyFrame as JSON. */
  tally: (pollId: string) => `${tag}:tally:${pollId}`,
  /** The pollId of a poll that changed. */
  polls: `${tag}:polls-changed`,
  /** Rows were added to the ledger or the polls' outbox: publishers wake up. No content. */
  ledger: `${tag}:ledger-grew`,
} as const
