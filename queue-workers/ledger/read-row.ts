/** Reads a ledger row's bytes, and reckons from them alone what became of its votes and what its hash must be. */
import {
  canonicalBytes,
  leafText,
  ledgerContentShape,
  rowHeadText,
  type LedgerContent,
  type Outcome,
} from '../../contracts/ledger.ts'
import { rootOfTexts } from '../../runtime/flat-tree.ts'
import { chainHash } from './chain-hash.ts'

export type Outcomes = Readonly<Record<Outcome, number>>

/** Of a vote's place in its row: what became of it. */
export type FateOf = (position: number) => Outcome

export interface ReadRow {
  readonly content: LedgerContent
  readonly outcomes: Outcomes
  readonly outcomeOf: FateOf
}

/** Answers a sentence where these bytes are no ledger row. */
export function readRow(bytes: Buffer): ReadRow | string {
  let json: unknown
  try {
    json = JSON.parse(bytes.toString())
  } catch {
    return 'it is no JSON'
  }
  const read = ledgerContentShape.safeParse(json)
  if (!read.success) return `it has not the form of a ledger row: ${read.error.issues[0]?.path.join('.')}`
  const content = read.data
  if (!canonicalBytes(content).equals(bytes))
    return 'it is not written in the one way in which rows are written'
  if (content.votes.length === 0) return 'it holds no vote'
  return judge(content)
}

function judge(content: LedgerContent): ReadRow | string {
  const outcomes = { counted: content.votes.length, repeat: 0, refused: 0, rejected: 0 }
  if (content.votes.some(([position], place) => position !== place))
    return 'its votes are not at the positions 0, 1, 2 and so on'
  const fates = new Map<number, Outcome>()
  for (const { position, outcome } of content.uncounted) {
    if (position >= content.votes.length || fates.has(position))
      return `position ${position} is not one of its votes`
    fates.set(position, outcome)
    outcomes.counted--
    outcomes[outcome]++
  }
  return { content, outcomes, outcomeOf: (position) => fates.get(position) ?? 'counted' }
}

/** Of a row that `readRow` has read. */
export function hashOfRow(before: Uint8Array, content: LedgerContent): Buffer {
  const leaves = content.votes.map(leafText)
  return chainHash(before, rowHeadText(content, leaves.length, rootOfTexts(leaves)))
}
