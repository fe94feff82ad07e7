/** Checks, step by step, that a vote lies where its receipt says: the published keys, and this code, are taken on trust. */
import { anchorContentShape, anchorStatement, type AnchorContent } from './anchor.ts'
import { fromBase64url, fromHex, toBase64url, utf8 } from './bytes.ts'
import { fateOf, leafText, rowHeadShape, rowHeadText, type Fate, type RowHead } from './ledger.ts'
import { followPath, isPathTo, treeHashOf } from './merkle.ts'
import { parsed } from './parsed.ts'
import type { Proof } from './proof.ts'
import { keyIdLength, thumbprintText, type KeySet } from './signing.ts'
import { receiptStatement, type Receipt, type VotePlace } from './vote.ts'

/** What the checker is lent: SHA-256 (32 bytes), and Ed25519's verify, of 64 bytes by a key of 32. */
export interface ProofTools {
  readonly sha256: (bytes: Uint8Array) => Uint8Array
  readonly verify: (signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array) => boolean
}

/** What the voter knows without being told: the choice, and the receipt that came with the answer. */
export interface OwnVote {
  readonly pollId: string
  readonly box: string
  readonly optionId: string
  readonly voteId: string
  readonly receipt: Receipt
}

/**
 * In this order. vote: the choice lies in its batch. receipt: a key of the house signed that batch. row: the ledger has
 * the very same batch. outcome: what became of the vote is what was said. chain: the anchor covers the row.
 * anchor: a key of the house signed it.
 */
export const proofSteps = ['vote', 'receipt', 'row', 'outcome', 'chain', 'anchor'] as const
export type ProofStep = (typeof proofSteps)[number]

/**
 * open: what it would be checked by is not there, or not yet. unknown: it names a key that is not among those given: a
 * newer one of the house, or one that somebody made up. That proves nothing, in either direction.
 */
export type StepResult = 'holds' | 'fails' | 'open' | 'unknown'

/**
 * steps: up to the first that fails, or all. unknownKey: the first step that names a key which is not known, where none
 * fails. fate: what the row says became of the vote; null without a row.
 */
export interface CheckedProof {
  readonly steps: readonly { readonly step: ProofStep; readonly result: StepResult }[]
  readonly failed: ProofStep | null
  readonly unknownKey: ProofStep | null
  readonly fate: Fate | null
  /** The anchor that covers the vote; null unless every step that leads there holds. */
  readonly anchor: Pick<AnchorContent, 'anchorNo' | 'madeAt'> | null
}

/** One sentence for each step and result, for people. */
export const stepSays = (step: ProofStep, result: StepResult): string =>
  result === 'unknown'
    ? `${step === 'anchor' ? 'The anchor' : 'Your receipt'} names a key that is not known here: its signature cannot be judged.`
    : stepWords[step][result]

const stepWords: Readonly<Record<ProofStep, Readonly<Record<Exclude<StepResult, 'unknown'>, string>>>> = {
  vote: {
    holds: 'Your choice lies in its batch.',
    fails: 'This batch does not hold the choice that you made.',
    open: 'Nothing was shown yet that leads to your choice.',
  },
  receipt: {
    holds: 'Your receipt is signed.',
    fails: 'The signature of your receipt is wrong.',
    open: 'Your receipt came without a signature.',
  },
  row: {
    holds: 'The ledger has the same batch.',
    fails: 'The ledger has another batch than your receipt says.',
    open: 'The batch is not in the ledger yet.',
  },
  outcome: {
    holds: 'The ledger says the same of your vote.',
    fails: 'The ledger says something else of your vote.',
    open: 'The ledger says nothing of your vote yet.',
  },
  chain: {
    holds: 'An anchor covers the batch: nobody can change it unseen.',
    fails: 'The anchor that was shown does not cover the batch.',
    open: 'No anchor covers the batch yet: the next one comes within a minute.',
  },
  anchor: {
    holds: 'The anchor is signed.',
    fails: 'The signature of the anchor is wrong.',
    open: 'There is no anchor yet.',
  },
}

/**
 * proof: null while there is none. state, of: what `vote.status` says became of the vote, and where the one lies that
 * stands in its place; left out where nobody was asked.
 * The shapes of its parts are those of the contracts; their content is what is judged.
 */
export function checkProof(
  own: OwnVote,
  shown: {
    readonly proof: Proof | null
    readonly state?: string | undefined
    readonly of?: VotePlace | undefined
  },
  keys: KeySet,
  tools: ProofTools,
): CheckedProof {
  const { receipt } = own
  const { proof, state, of } = shown
  const tree = treeHashOf(tools.sha256)
  const leaf = leafText([receipt.position, own.voteId, own.box, own.optionId])
  const rootBy = (path: string) => {
    const root = followPath(tree.leaf(leaf), path, tree, fromBase64url)
    return root === null ? null : toBase64url(root)
  }
  const receiptRoot = receipt.path === undefined ? undefined : rootBy(receipt.path)
  const head = proof === null ? null : readHead(proof.head)
  const fate = head === null ? null : fateOf(head.uncounted, receipt.position)
  const anchored = proof?.anchor ?? null
  const content = anchored === null ? null : readAnchor(anchored.content)
  const judgeSigned = (statement: string, signature: string, keyId: string): StepResult => {
    const key = keys.keys.find(({ kid }) => kid === keyId)
    if (key === undefined) return 'unknown'
    return judge(keyIdOf(key.x, tools) === keyId && verified(tools, signature, statement, key.x))
  }

  const looks: Record<ProofStep, () => StepResult> = {
    vote() {
      if (proof !== null)
        return judge(
          head !== null &&
            proof.vote === leaf &&
            // A leaf says its position; that it also stands there keeps two votes from one place.
            isPathTo(proof.path, receipt.position, head.votes) &&
            rootBy(proof.path) === head.root,
        )
      return receiptRoot === undefined ? 'open' : judge(receiptRoot !== null)
    },
    receipt() {
      const { batchId, signature, keyId } = receipt
      if (receiptRoot === undefined || signature === undefined || keyId === undefined) return 'open'
      if (receiptRoot === null) return 'fails'
      return judgeSigned(receiptStatement(batchId, own.pollId, receiptRoot), signature, keyId)
    },
    row() {
      if (proof === null) return 'open'
      const isOfBatch = head?.batchId === receipt.batchId && head.pollId === own.pollId
      return judge(isOfBatch && (receiptRoot === undefined || receiptRoot === head.root))
    },
    outcome() {
      if (fate === null) return 'open'
      const isSame = of === undefined || ('of' in fate && isSamePlace(of, fate.of))
      return judge((state === undefined || state === fate.outcome) && isSame)
    },
    chain() {
      if (proof === null || anchored === null) return 'open'
      const its = content?.shards.find(({ shard }) => shard === proof.shard)
      if (its?.from === undefined || its.root === undefined) return 'fails'
      if (!isPathTo(anchored.path, proof.seq - its.from, its.seq - its.from + 1)) return 'fails'
      const rowHash = tools.sha256(joined(fromHex(proof.before), utf8(proof.head)))
      const root = followPath(rowHash, anchored.path, tree, fromBase64url)
      return judge(root !== null && toBase64url(root) === toBase64url(fromHex(its.root)))
    },
    anchor() {
      if (anchored === null) return 'open'
      const { signature, keyId } = anchored
      if (content?.pollId !== own.pollId) return 'fails'
      return judgeSigned(anchorStatement(anchored.content), signature, keyId)
    },
  }

  const steps: { step: ProofStep; result: StepResult }[] = []
  for (const step of proofSteps) {
    const result = looks[step]()
    steps.push({ step, result })
    if (result === 'fails') return { steps, failed: step, unknownKey: null, fate, anchor: null }
  }
  const unknownKey = steps.find(({ result }) => result === 'unknown')?.step ?? null
  const { anchorNo, madeAt } = content ?? {}
  const isCovered = unknownKey === null && anchorNo !== undefined && madeAt !== undefined
  return { steps, failed: null, unknownKey, fate, anchor: isCovered ? { anchorNo, madeAt } : null }
}

const isSamePlace = (a: VotePlace, b: VotePlace | undefined) =>
  a.batchId === b?.batchId && a.position === b.position

const judge = (holds: boolean): StepResult => (holds ? 'holds' : 'fails')

/** Null for what is no head, and for one that is written another way than heads are. */
function readHead(text: string): RowHead | null {
  const read = rowHeadShape.safeParse(parsed(text))
  if (!read.success) return null
  const { votes, root, ...rest } = read.data
  return rowHeadText(rest, votes, root) === text ? read.data : null
}

function readAnchor(text: string): AnchorContent | null {
  const read = anchorContentShape.safeParse(parsed(text))
  return read.success ? read.data : null
}

/** A key's name is made of the key: who keeps a receipt has pinned it. */
const keyIdOf = (x: string, { sha256 }: ProofTools): string =>
  toBase64url(sha256(utf8(thumbprintText(x)))).slice(0, keyIdLength)

function verified({ verify }: ProofTools, signature: string, statement: string, x: string): boolean {
  try {
    return verify(fromBase64url(signature), utf8(statement), fromBase64url(x))
  } catch {
    // What is no signature at all verifies nothing.
    return false
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
