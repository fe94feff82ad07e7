/** Reads a ledger row's bytes, and reckons from them alone what became of its votes and what its hash must be. */
import { hash } from 'node:crypto'
import {
  canonicalBytes,
  leafText,
  ledgerContentShape,
  rowHeadText,
  type LedgerContent,
  type Outcome,
} from '../../contracts/ledger.ts'
import { growTree, rootOf } from '../../contracts/merkle.ts'
import { treeHash } from '../../runtime/tree-hash.ts'

/** Where every chain begins. */
export const noHash: Buffer = Buffer.alloc(32)

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
  const positions = new Set(content.votes.map(([position]) => position))
  if (positions.size < content.votes.length) return 'two votes have the same position'
  const fates = new Map<number, Outcome>()
  for (const { position, outcome } of content.uncounted) {
    if (!positions.has(position) || fates.has(position)) return `position ${position} is not one of its votes`
    fates.set(position, outcome)
    outcomes.counted--
    outcomes[outcome]++
  }
  return { content, outcomes, outcomeOf: (position) => fates.get(position) ?? 'counted' }
}

/** SHA-256(hash of the row before || the row's head): see contracts/ledger.ts. */
export function hashOfRow(before: Uint8Array, content: LedgerContent): Buffer {
  const leaves = content.votes.map((vote) => treeHash.leaf(leafText(vote)))
  const root = Buffer.from(rootOf(growTree(leaves, treeHash))).toString('base64url')
  const head = rowHeadText(content, leaves.length, root)
  return hash('sha256', Buffer.concat([before, Buffer.from(head)]), 'buffer')
}
