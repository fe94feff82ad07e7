/** What a device remembers of its votes: the last one in each ballot box of a poll. */
import { z } from 'zod'
import type { KeptVote } from './client.ts'
import { readKept, type ClientStorage } from './client-storage.ts'
import { receiptShape } from './vote.ts'

const keptVoteShape: z.ZodType<KeptVote> = z.object({
  voteId: z.string(),
  optionId: z.string(),
  box: z.string().optional(),
  acceptedAt: z.string().optional(),
  receipt: receiptShape.optional(),
})

/** A vote for no box by name is for the only one that its poll has. */
type Box = string | undefined

const isOfBox = (vote: KeptVote, box: Box) => vote.box === undefined || box === undefined || vote.box === box

export const isSameChoice = (vote: KeptVote, choice: { optionId: string; box?: string }): boolean =>
  vote.optionId === choice.optionId && isOfBox(vote, choice.box)

export interface KeptVotes {
  readonly of: (pollId: string, box?: Box) => KeptVote | null
  readonly keep: (pollId: string, vote: KeptVote) => void
  readonly forget: (pollId: string, box?: Box) => void
}

/**
 * A vote for a named box has a place of its own. Earlier versions kept one vote for each poll, with its box: there it
 * is found, and its successors stay where it stands.
 */
export function makeKeptVotes(storage: ClientStorage): KeptVotes {
  const at = (place: string) => readKept(storage, place, keptVoteShape)

  function placeOf(pollId: string, box: Box): string {
    const ofPoll = `urna.vote.${pollId}`
    if (box === undefined) return ofPoll
    const ofBox = `${ofPoll}.${box}`
    if (at(ofBox) !== null) return ofBox
    const earlier = at(ofPoll)
    return earlier !== null && isOfBox(earlier, box) ? ofPoll : ofBox
  }

  return {
    of: (pollId, box) => at(placeOf(pollId, box)),
    keep: (pollId, vote) => storage.setItem(placeOf(pollId, vote.box), JSON.stringify(vote)),
    forget: (pollId, box) => storage.removeItem(placeOf(pollId, box)),
  }
}
