/** What a device remembers of its votes: in each ballot box of a poll the last one, and those without an answer. */
import { z } from 'zod'
import { readKept, type ClientStorage } from './client-storage.ts'
import type { BallotBox } from './poll.ts'
import { receiptShape, type Receipt } from './vote.ts'

/** What a device remembers of a vote; without a receipt it may still be on its way. */
export interface KeptVote {
  readonly voteId: string
  readonly optionId: string
  /** As it was cast: may be missing where the poll has one box. */
  readonly box?: string | undefined
  readonly acceptedAt?: string | undefined
  readonly receipt?: Receipt | undefined
}

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

/** `voters`: the votes in a box for verified voters belong to the person, all else to the device. */
export interface WhereKept {
  readonly pollId: string
  readonly box?: Box
  readonly voters?: BallotBox['voters'] | undefined
}

/** The votes of one ballot box, of one person where it is for verified voters. */
export interface KeptVotes {
  readonly last: () => KeptVote | null
  /** Those of which no answer is known: two tabs may each have one under way. */
  readonly unanswered: () => readonly KeptVote[]
  /** As the last one; what has no answer yet stays among the unanswered. */
  readonly keep: (vote: KeptVote) => void
  /** Puts the whole receipt in place of the bare one that is kept of this vote. */
  readonly complete: (voteId: string, receipt: Receipt) => void
  /** A vote that was refused is no vote to remember: what was accepted before it stands. */
  readonly takeBack: (voteId: string, before: KeptVote | null) => void
}

/** `person`: a tag of whom this device is verified as. */
export function keptVotes(storage: ClientStorage, where: WhereKept, person: string | null): KeptVotes {
  const at = (key: string) => readKept(storage, key, keptVoteShape)
  const place = placeOf(where, person, at)
  const besidesKey = `${place}+`
  const besides = () => readKept(storage, besidesKey, z.array(keptVoteShape)) ?? []
  const unanswered = () =>
    [...besides(), at(place)].flatMap((vote) => (vote === null || vote.receipt !== undefined ? [] : vote))

  function setBesides(votes: readonly KeptVote[]) {
    if (votes.length > 0) storage.setItem(besidesKey, JSON.stringify(votes))
    else storage.removeItem(besidesKey)
  }

  return {
    last: () => at(place),
    unanswered,
    keep(vote) {
      setBesides(unanswered().filter((other) => other.voteId !== vote.voteId))
      storage.setItem(place, JSON.stringify(vote))
    },
    complete(voteId, receipt) {
      const kept = at(place)
      if (kept?.voteId !== voteId || kept.receipt === undefined || !isSamePlace(kept.receipt, receipt)) return
      if (isWhole(receipt)) storage.setItem(place, JSON.stringify({ ...kept, receipt }))
    },
    takeBack(voteId, before) {
      setBesides(besides().filter((other) => other.voteId !== voteId))
      if (at(place)?.voteId !== voteId) return
      if (before?.receipt === undefined) storage.removeItem(place)
      else storage.setItem(place, JSON.stringify(before))
    },
  }
}

const isSamePlace = (one: Receipt, other: Receipt) =>
  one.batchId === other.batchId && one.position === other.position
const isWhole = ({ path, signature, keyId }: Receipt) =>
  path !== undefined && signature !== undefined && keyId !== undefined

/** A repeat may hear the place alone: what was signed before is not given away for it. */
export function wholeReceipt(heard: Receipt, kept: KeptVote | null, voteId: string): Receipt {
  if (kept?.receipt === undefined || kept.voteId !== voteId || isWhole(heard)) return heard
  return isSamePlace(heard, kept.receipt) ? kept.receipt : heard
}

/**
 * A vote for a named box has a place of its own. Earlier versions kept one vote for each poll, with its box: there it
 * is found, and its successors stay where it stands.
 */
function placeOf(
  { pollId, box, voters }: WhereKept,
  person: string | null,
  at: (key: string) => KeptVote | null,
): string {
  const ofPoll = `urna.vote.${pollId}`
  const ofBox = box === undefined ? ofPoll : `${ofPoll}.${box}`
  if (voters === 'verified' && person !== null) return `${ofBox}@${person}`
  if (box === undefined || at(ofBox) !== null) return ofBox
  const earlier = at(ofPoll)
  return earlier !== null && isOfBox(earlier, box) ? ofPoll : ofBox
}
