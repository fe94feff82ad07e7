/** A batch as the admission would write it, of votes that a test made, poll by poll. */
import { encodeEntry, type Batch, type BatchEntry } from '../contracts/batch.ts'

export interface MadePart {
  readonly pollNo: number
  readonly votes: readonly BatchEntry[]
  /** What the run had accepted of the poll with these; without it, these alone. */
  readonly accepted?: number
}

export const madeBatch = (
  header: Pick<Batch, 'run' | 'seq' | 'accepted' | 'at'>,
  parts: readonly MadePart[],
): Batch => ({
  ...{ v: 3, ...header },
  polls: parts.map(({ pollNo }) => pollNo),
  sizes: parts.map(({ votes }) => votes.length),
  pollAccepted: parts.map(({ accepted, votes }) => accepted ?? votes.length),
  votes: parts.flatMap(({ votes }) => votes.map(encodeEntry)).join(''),
})
