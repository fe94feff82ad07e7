/** How Redis remembers accepted votes: the fields and values of a poll's `redisKeys.memory` and `recent`. */
import type { BallotBox, VoteLimit } from './poll.ts'

/** Times in epoch ms. */
export interface RememberedVote {
  readonly voteId: string
  readonly optionNo: number
  readonly boxNo: number
  readonly acceptedAt: number
  readonly batchId: string
  readonly position: number
}

/** Stands first under a voter whose first vote was in a box without a limit: it says that they have voted. */
const votedMark = '-'

/**
 * Votes in boxes without a limit are remembered in slices of time of this length: this one and the one before. A vote in
 * a box with a window is known as long at least.
 */
export const sliceMs = 15 * 60 * 1_000

/**
 * The most votes of one voter that are remembered for one box with a limit: all that may count to it, and no fewer than
 * whoever repeats a vote has cast since. They are read and written with each vote: 100 of them cost Redis 70 us.
 */
export const mostOfBox = ({ votes }: VoteLimit): number => Math.max(votes, 20)

/** For how long a vote in a box is known to its repeats, in ms; null for a box without a limit: see `sliceOf`. */
export function knownForMs({ limit }: Pick<BallotBox, 'limit'>): number | null {
  if (limit === null) return null
  return limit.perSeconds === null ? Infinity : Math.max(limit.perSeconds * 1_000, sliceMs)
}

/** Of the three hashes the one that a moment's votes are in, and when nobody looks into it any more. */
export function sliceOf(atMs: number): { readonly slice: 0 | 1 | 2; readonly endsAtMs: number } {
  const sliceNo = Math.floor(atMs / sliceMs)
  return { slice: slices[sliceNo % 3] ?? 0, endsAtMs: (sliceNo + 2) * sliceMs }
}
export const slices = [0, 1, 2] as const

/** A vote's field in `redisKeys.recent`; its voter's in `redisKeys.memory` is the voterKey (32 hex digits) alone. */
export const recentField = (voterKey: string, voteId: string): string => `${voterKey}${voteId}`

/**
 * `voteId|content|acceptedAt|batchId|position`, content = 2 digits optionNo, 1 boxNo; acceptedAt has 13 digits and
 * position 3: the admission script reads it by place.
 */
export function encodeRemembered(vote: RememberedVote): string {
  const { voteId, optionNo, boxNo, acceptedAt, batchId, position } = vote
  const content = `${optionNo < 10 ? '0' : ''}${optionNo}${boxNo}`
  return `${voteId}|${content}|${acceptedAt}|${batchId}|${String(position).padStart(3, '0')}`
}

/** All votes of a voter in boxes with a limit, in the order of their acceptance, as one value. */
export const encodeVoter = (votes: readonly RememberedVote[]): string =>
  votes.length === 0 ? votedMark : votes.map(encodeRemembered).join(';')

/** The votes of one value. */
export function decodeRemembered(text: string): RememberedVote[] {
  return text.split(';').flatMap((vote) => {
    if (vote === votedMark) return []
    const [voteId = '', content = '', acceptedAt, batchId = '', position] = vote.split('|')
    return {
      voteId,
      optionNo: Number(content.slice(0, 2)),
      boxNo: Number(content.slice(2)),
      acceptedAt: Number(acceptedAt),
      batchId,
      position: Number(position),
    }
  })
}
