/** A vote on its way into a group, and what is said of it there. */
import type { VoteRefusal } from '../../contracts/refusals.ts'
import type { PollRecord } from '../../contracts/poll.ts'
import type { Receipt } from '../../contracts/vote.ts'

/** A well-formed vote of a voter for an option that its poll has. */
export interface GroupVote {
  readonly poll: PollRecord
  readonly boxNo: number
  readonly optionNo: number
  /** 32 hex digits. */
  readonly voterKey: string
  readonly voteId: string
}

/** What a vote hears from its group; times in epoch ms. `again`: the ground changed under it; judge it afresh. */
export type GroupAnswer =
  | {
      readonly is: 'accepted'
      readonly acceptedAt: number
      /** Votes left in this box now; null where it has no limit. */
      readonly remaining: number | null
      readonly receipt: Receipt
    }
  | { readonly is: 'refused'; readonly reason: VoteRefusal; readonly retryAt?: number }
  | { readonly is: 'again'; readonly because: 'rules-changed' | 'memory-changed' }

/** Redis holds another memory than the one that this process knows: an empty, older or restored one. */
export class MemoryChanged extends Error {
  constructor() {
    super('Redis holds another memory than the one expected')
    this.name = 'MemoryChanged'
  }
}

/** Redis has no memory left, and took nothing of the group. */
export class RedisFull extends Error {
  constructor(cause: unknown) {
    super('Redis has no memory left', { cause })
    this.name = 'RedisFull'
  }
}
