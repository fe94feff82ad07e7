/** How Redis remembers an accepted vote and what a voter has used: the fields and values of a poll's hashes. */

/** Field of `redisKeys.memory`. voterKey: 32 hex digits. */
export const rememberedField = (voterKey: string, voteId: string): string => `${voterKey}${voteId}`

/** Field of `redisKeys.used`: how many votes this voter has in that box, kept where the box has a limit. */
export const usedField = (boxNo: number, voterKey: string): string => `${boxNo}${voterKey}`

/** Times in epoch ms. */
export interface RememberedVote {
  readonly optionNo: number
  readonly boxNo: number
  readonly acceptedAt: number
  readonly batchId: string
  readonly position: number
}

/** Value of `redisKeys.memory`: 2 digits optionNo, 1 boxNo, then `|acceptedAt|batchId|position`. */
export function encodeRemembered({ optionNo, boxNo, acceptedAt, batchId, position }: RememberedVote): string {
  return `${optionNo < 10 ? '0' : ''}${optionNo}${boxNo}|${acceptedAt}|${batchId}|${position}`
}

export function decodeRemembered(text: string): RememberedVote {
  const [content = '', acceptedAt, batchId = '', position] = text.split('|')
  return {
    optionNo: Number(content.slice(0, 2)),
    boxNo: Number(content.slice(2)),
    acceptedAt: Number(acceptedAt),
    batchId,
    position: Number(position),
  }
}
