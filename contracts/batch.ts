/** One queue job: the group of votes that a gateway accepted together, and the header that numbers it. */
import { z } from 'zod'

/** The most votes that one group may hold. */
export const groupSize = 500

/** The prefix of a lane's queue: its keys share the lane's hash tag with those of `redis-keys.ts`. */
export const queuePrefix = (lane: number): string => `urna:{b${lane}}:bull`

/** The queue of batches, in the first lane. A job's id is its batchId. */
export const batchQueue = { name: 'batches', prefix: queuePrefix(0), job: 'batch' } as const

/** Characters of a vote's entry: fixed, so that scripts and workers take it apart by place and nobody parses it. */
export const entryWidth = 71
/** Where each part of an entry begins; the voteId ends it. */
export const entryParts = { optionNo: 0, boxNo: 2, voterKey: 3, voteId: 35 } as const

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}'
const wholeEntries = new RegExp(`^(?:\\d{3}[0-9a-f]{32}${uuid}){1,${groupSize}}$`)

/** One vote of a batch. voterKey: 32 hex digits. */
export interface BatchEntry {
  readonly optionNo: number
  readonly boxNo: number
  readonly voterKey: string
  readonly voteId: string
}

/** 2 digits optionNo, 1 boxNo, 32 voterKey, 36 voteId (lower case). */
export function encodeEntry({ optionNo, boxNo, voterKey, voteId }: BatchEntry): string {
  return `${optionNo < 10 ? '0' : ''}${optionNo}${boxNo}${voterKey}${voteId}`
}

/** The entry at an index, of text that `batchShape` has read. */
export function decodeEntry(votes: string, index: number): BatchEntry {
  const start = index * entryWidth
  return {
    optionNo: Number(votes.slice(start + entryParts.optionNo, start + entryParts.boxNo)),
    boxNo: Number(votes.slice(start + entryParts.boxNo, start + entryParts.voterKey)),
    voterKey: votes.slice(start + entryParts.voterKey, start + entryParts.voteId),
    voteId: votes.slice(start + entryParts.voteId, start + entryWidth),
  }
}

/**
 * run: UUIDv7 of the gateway's run. seq: this batch's number in the run, from 1 without gaps. accepted: what
 * the run had accepted in all, this batch included: a missing seq that is no longer queued is a lost batch,
 * and the difference of `accepted` around it says how many votes it held. at: when its votes were accepted, epoch
 * ms. polls: the pollNo of each poll in it; sizes: how many of the votes are its; pollAccepted: what the run had accepted
 * of that poll alone, this batch included. votes: the entries, poll by poll; a vote's position is its index among those of
 * its poll, so that neither it nor anything else that is told of one poll counts the votes of another.
 */
const batchForm = z.object({
  v: z.literal(3),
  run: z.uuid(),
  seq: z.int().positive(),
  accepted: z.int().positive(),
  // The last instant that a Date can tell.
  at: z.int().min(1).max(8.64e15),
  polls: z.array(z.int().min(1).max(2_147_483_647)).min(1).max(groupSize),
  sizes: z.array(z.int().min(1).max(groupSize)),
  pollAccepted: z.array(z.int().positive()),
  votes: z.string().max(groupSize * entryWidth),
})
export type Batch = z.infer<typeof batchForm>

/** Whether each poll has its numbers, and each vote its poll. */
const addsUp = ({ polls, sizes, pollAccepted, votes }: Batch): boolean =>
  sizes.length === polls.length &&
  pollAccepted.length === polls.length &&
  sizes.reduce((sum, size) => sum + size, 0) * entryWidth === votes.length
const notAdded = 'its votes must be whole entries, as many as its polls have in all'

export const batchShape = batchForm.extend({ votes: z.string().regex(wholeEntries) }).refine(addsUp, notAdded)

/**
 * A batch whose entries are not looked at: whoever takes them checks them one by one. Of a job of another form not even
 * the votes can be told apart.
 */
export const looseBatchShape = batchForm.refine(addsUp, notAdded)

/** Whether it says that it is a job of a later release: it is not damaged, and for such a worker to read. */
export const isOfLaterForm = (data: unknown): boolean => laterShape.safeParse(data).success
const laterShape = z.object({ v: z.int().min(batchForm.shape.v.value + 1) })

/** A job before its votes are put into it, in the same atomic write; one that is ever met so holds none. */
export const hollowBatch = { v: 3 } as const

/** How many votes a batch holds. */
export const sizeOf = ({ votes }: Pick<Batch, 'votes'>): number => votes.length / entryWidth

/** What a batch holds of one poll. accepted: by its run in all, of this poll, with these. */
export interface PollPart {
  readonly pollNo: number
  readonly size: number
  readonly accepted: number
  readonly entries: string
}

/** A batch taken apart by poll, in its own order. */
export function pollParts({ polls, sizes, pollAccepted, votes }: Batch): PollPart[] {
  let from = 0
  return polls.map((pollNo, place) => {
    const [size, accepted] = [sizes[place] ?? 0, pollAccepted[place] ?? 0]
    const entries = votes.slice(from, (from += size * entryWidth))
    return { pollNo, size, accepted, entries }
  })
}

/** The entries of a part, each at its position. */
export const entriesOf = ({ entries, size }: Pick<PollPart, 'entries' | 'size'>): BatchEntry[] =>
  Array.from({ length: size }, (_, position) => decodeEntry(entries, position))
