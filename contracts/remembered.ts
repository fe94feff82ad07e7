/** How Redis remembers accepted votes: the fields and values of a poll's `redisKeys.memory`. */

/** Times in epoch ms. */
export interface RememberedVote {
  readonly voteId: string
  readonly optionNo: number
  readonly boxNo: number
  readonly acceptedAt: number
  readonly batchId: string
  readonly position: number
}

/** Stands among a voter's votes where there is one in a box without a limit: it says that they have voted. */
export const votedMark = '-'

/** Votes in boxes without a limit are remembered in slices of this length: for one to two of them. */
export const sliceMs = 15 * 60 * 1_000

/**
 * A box with a limit remembers a voter: all votes of theirs stand under one field, which also says how many they are.
 * A box without one remembers each vote under a field of its own, in `redisKeys.recent`. voterKey: 32 hex digits.
 */
export const rememberedField = (isLimited: boolean, voterKey: string, voteId: string): string =>
  isLimited ? voterKey : `${voterKey}${voteId}`

/** `voteId|content|acceptedAt|batchId|position`, content = 2 digits optionNo, 1 boxNo; several are joined by `;`. */
export function encodeRemembered(vote: RememberedVote): string {
  const { voteId, optionNo, boxNo, acceptedAt, batchId, position } = vote
  return `${voteId}|${optionNo < 10 ? '0' : ''}${optionNo}${boxNo}|${acceptedAt}|${batchId}|${position}`
}

export const joinRemembered = (texts: readonly string[]): string => texts.join(';')

/** The votes of one field. */
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
