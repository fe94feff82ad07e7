/** Makes a ledger row of a batch' part, once it is known which of its votes were stored. */
import { decodeEntry, entryWidth, groupSize } from '../../contracts/batch.ts'
import {
  canonicalBytes,
  rowHeadText,
  type LedgerContent,
  type Outcome,
  type Uncounted,
} from '../../contracts/ledger.ts'
import type { VotePlace } from '../../contracts/vote.ts'
import { rootOfTexts } from '../../runtime/flat-tree.ts'
import { chainHash } from '../ledger/chain-hash.ts'
import { endingOf, numbersOf, type KnownPoll } from './known-poll.ts'
import type { BatchPart } from './received-batch.ts'
import type { VoteColumns } from './vote-columns.ts'

/** What became of a vote that was not counted. */
export type Unstored =
  | { readonly outcome: 'repeat' | 'refused'; readonly of: VotePlace }
  | { readonly outcome: 'rejected'; readonly why: string }

export interface LedgerRow {
  readonly part: BatchPart
  readonly seq: number
  readonly tally: Readonly<Record<Outcome, number>>
  readonly content: Buffer
  readonly hash: Buffer
}

/** `first`: the vote of the columns that is the part's first. `unstored`: by vote, of those that were not counted. */
export function makeLedgerRow(
  part: BatchPart,
  poll: KnownPoll | undefined,
  votes: VoteColumns,
  first: number,
  unstored: ReadonlyMap<number, Unstored>,
  before: { readonly seq: number; readonly hash: Buffer },
): LedgerRow {
  const uncounted: Uncounted[] = []
  const tally = { counted: part.size, repeat: 0, refused: 0, rejected: 0 }
  for (let i = 0; unstored.size > 0 && i < part.size; i++) {
    const its = unstored.get(first + i)
    if (its === undefined) continue
    tally.counted--
    tally[its.outcome]++
    uncounted.push({ position: i, ...its })
  }
  const leaves = leafTexts(part, poll, votes, first)
  const { batchId, run, accepted: runAccepted } = part
  const head = {
    ...{ pollId: poll?.pollId ?? '', batchId, run, runAccepted },
    ...{ acceptedAt: new Date(part.at).toISOString(), uncounted },
    ...(poll?.isRehearsal === true && { rehearsal: true as const }),
  }
  const headText = rowHeadText(head, part.size, rootOfTexts(leaves))
  return {
    ...{ part, seq: before.seq + 1, tally },
    content: contentOf(head, leaves),
    hash: chainHash(before.hash, headText),
  }
}

const openings = Array.from({ length: groupSize }, (_, position) => `[${position},"`)

/** The row's votes as `canonicalBytes` writes them, and as the leaves of its tree, out of pieces that are ready. */
function leafTexts(
  part: BatchPart,
  poll: KnownPoll | undefined,
  votes: VoteColumns,
  first: number,
): string[] {
  const { entries, size } = part
  const leaves = new Array<string>(size)
  for (let i = 0; i < size; i++) {
    const vote = first + i
    const numbers = numbersOf(votes.boxNo[vote] ?? 0, votes.optionNo[vote] ?? 0)
    const end = (i + 1) * entryWidth
    leaves[i] =
      (openings[i] ?? '') +
      entries.slice(end - 36, end) +
      (poll?.endings[numbers] ?? unnamedEnding(part, poll, i))
  }
  return leaves
}

/** Of a vote whose poll, box or option is not known: a number stands where there is no name. */
function unnamedEnding(part: BatchPart, poll: KnownPoll | undefined, i: number): string {
  const { boxNo, optionNo } = decodeEntry(part.entries, i)
  return endingOf(poll?.boxes[boxNo]?.boxId ?? String(boxNo), poll?.options[optionNo] ?? String(optionNo))
}

/** The canonical bytes: the contract writes them without the votes, which are put where it left room. */
function contentOf(head: Omit<LedgerContent, 'votes'>, leaves: readonly string[]): Buffer {
  const shell = canonicalBytes({ ...head, votes: [] }).toString()
  // No name can hold this: its quotes would stand behind a backslash.
  const room = shell.indexOf('"votes":[]') + '"votes":['.length
  return Buffer.from(shell.slice(0, room) + leaves.join(',') + shell.slice(room))
}

/** Why votes cannot be stored at all, by vote. */
export function rejectedVotes(
  parts: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  votes: VoteColumns,
): Map<number, Unstored> {
  const rejected = new Map<number, Unstored>()
  const polled = parts.map(({ pollNo }) => polls.get(pollNo))
  for (let vote = 0; vote < votes.size; vote++) {
    const poll = polled[votes.part[vote] ?? 0]
    const boxNo = votes.boxNo[vote] ?? 0
    if (poll?.places[numbersOf(boxNo, votes.optionNo[vote] ?? 0)] !== undefined) continue
    rejected.set(vote, { outcome: 'rejected', why: whyRejected(poll, boxNo) })
  }
  return rejected
}

function whyRejected(poll: KnownPoll | undefined, boxNo: number): string {
  if (poll === undefined) return 'unknown-poll'
  return poll.boxes[boxNo] === undefined ? 'unknown-box' : 'unknown-option'
}
