/** Reads a well-formed `vote.cast` input without the price of a schema. */
import type { CastVote } from '../../../contracts/vote.ts'

// Each is narrower than the shape in contracts/ids.ts, which alone says what is taken and what is wrong with the rest.
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const name = /^[a-z0-9]+(?:-[a-z0-9]+)*$/

const isUuid = (value: unknown): value is string => typeof value === 'string' && uuid.test(value)
const isName = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.length <= most && name.test(value)

/**
 * The vote, where castVoteShape would surely take it and hand back the very same; null where that is for the shape
 * to say.
 */
export function readCast(input: unknown): CastVote | null {
  if (typeof input !== 'object' || input === null) return null
  let known = 0
  for (const key in input) {
    if (key !== 'pollId' && key !== 'optionId' && key !== 'voteId' && key !== 'box') return null
    known++
  }
  const { pollId, optionId, voteId, box }: Partial<Record<keyof CastVote, unknown>> = input
  if (!isUuid(pollId) || !isUuid(voteId) || !isName(optionId, 40)) return null
  if (known === 3) return box === undefined ? { pollId, optionId, voteId } : null
  return isName(box, 24) ? { pollId, box, optionId, voteId } : null
}
