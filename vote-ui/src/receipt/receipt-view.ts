/** What the page says of a receipt: a verdict in words, and every step by which it was checked. */
import {
  checkProof,
  proofSteps,
  stepSays,
  type OwnVote,
  type ProofStep,
  type ProofTools,
  type StepResult,
} from '../../../contracts/check-proof.ts'
import type { Fate } from '../../../contracts/ledger.ts'
import type { Receipt, VotePlace, VoteStatus } from '../../../contracts/vote.ts'
import { awaitedBy, type Awaited, type ReceiptAnswer } from './use-receipt-status.ts'

/**
 * holds, fails: checked on this device. unknown: by a key that is not known here. waits: it comes by itself. missing: not
 * to be had. unlooked: one before it failed.
 */
export type StepMark = Exclude<StepResult, 'open'> | 'waits' | 'missing' | 'unlooked'

export interface StepView {
  readonly step: ProofStep
  readonly mark: StepMark
  readonly says: string
  /** By what it is checked. */
  readonly by: string
  /** The name of the key, where it is one. */
  readonly keyId: string | null
}

export interface ReceiptView {
  /**
   * sure: in the result, with every step checked up to the anchor's signature. unjudged: a key is not known here, so that
   * nothing is claimed.
   */
  readonly tone: 'sure' | 'waiting' | 'not counted' | 'unjudged' | 'alarm'
  readonly title: string
  readonly says: string
  /** The batch and the position at which the vote that counts lies; null where none is known. */
  readonly place: VotePlace | null
  readonly steps: readonly StepView[]
  readonly awaited: Awaited
  /** The voter's own receipt with whatever the gateway added to it; its place is never another. */
  readonly receipt: Receipt
  /** The receipt that the gateway shows, where it names another place than the voter's own. */
  readonly liesNow: Receipt | null
  /** Said beside the verdict where there is such a one. */
  readonly moved: string | null
}

export function viewReceipt(own: OwnVote, answer: ReceiptAnswer, tools: ProofTools): ReceiptView {
  const { status, keys, isLate } = answer
  const { receipt, liesNow } = receiptsOf(own.receipt, status.receipt)
  const proof = status.proof ?? null
  const judged = liesNow ?? receipt
  // A receipt of another place is held to its own path and signature first: no other place makes up for a false one.
  const itsOwn = liesNow === null ? null : checkProof(own, { proof: null }, keys, tools)
  const endsThere = itsOwn !== null && (itsOwn.failed ?? itsOwn.unknownKey) !== null
  const checked = endsThere
    ? itsOwn
    : checkProof({ ...own, receipt: judged }, { proof, state: status.state, of: status.of }, keys, tools)
  const awaited = checked.failed === null ? awaitedBy(status) : null
  const results = new Map(checked.steps.map(({ step, result }) => [step, result]))
  const steps = proofSteps.map((step): StepView => {
    const result = results.get(step)
    const mark = markOf(step, result, awaited)
    return {
      ...{ step, mark },
      says:
        mark === 'unlooked'
          ? notLooked
          : mark === 'missing'
            ? missing[step]
            : mark === 'waits' && step === 'chain' && isLate
              ? 'No anchor covers the batch yet: the next one is late.'
              : step === 'receipt' && mark === 'holds' && liesNow !== null
                ? 'The receipt that we show now is signed.'
                : stepSays(step, result ?? 'open'),
      by: byWhat(step, checked.anchor?.anchorNo, liesNow !== null && !endsThere),
      keyId: keyOf(step, (endsThere ? receipt : judged).keyId, proof?.anchor?.keyId),
    }
  })
  const place = { batchId: judged.batchId, position: judged.position }
  if (checked.failed !== null)
    return {
      ...{ steps, awaited, receipt, liesNow, moved: null, place: null },
      tone: 'alarm',
      title: 'This does not add up.',
      says: failures[checked.failed],
    }
  // What nobody finds is told as that.
  if (checked.unknownKey !== null && status.state !== 'unknown')
    return { ...{ steps, awaited, receipt, liesNow, moved: null, place: null }, ...unjudged }
  const told = verdict(answer, checked.fate, place, steps)
  if (liesNow === null) return { ...told, steps, awaited, receipt, liesNow, moved: null }
  // Where nothing else is shown, the place that the house names is.
  const shown = told.place ?? place
  const isThere = shown.batchId === place.batchId && shown.position === place.position
  return { ...told, steps, awaited, receipt, liesNow, place: shown, moved: sayMoved(isThere) }
}

const unjudged = {
  tone: 'unjudged',
  title: 'This cannot be checked yet.',
  says: 'This receipt, or what is shown for it, names a key that is not among those published here. The key may be newer than they are: load this page again in a minute. It may also be made up, as on a forged receipt: until it is published this proves nothing. If it stays so, save the receipt and show it to the broadcaster.',
} as const

const sayMoved = (isThere: boolean) =>
  isThere
    ? 'Your receipt names another batch; the vote lies here now. Keep your receipt.'
    : 'Your receipt names another batch than we do. Keep your receipt.'

/**
 * What a repeat that found another gateway did not hear is added; nothing that stands there is replaced. A vote that was
 * accepted again by a memory that had lost it lies in another place: that one is checked, from the choice on, and stands
 * beside the voter's own receipt, which may be the one piece of evidence that we once said something else.
 */
function receiptsOf(own: Receipt, told: Receipt | undefined): Pick<ReceiptView, 'receipt' | 'liesNow'> {
  if (told === undefined) return { receipt: own, liesNow: null }
  const isSame = told.batchId === own.batchId && told.position === own.position
  return isSame ? { receipt: { ...told, ...own }, liesNow: null } : { receipt: own, liesNow: told }
}

function markOf(step: ProofStep, result: StepResult | undefined, awaited: Awaited): StepMark {
  if (result === undefined) return 'unlooked'
  if (result !== 'open') return result
  const comesByItself = awaited === 'row' ? step !== 'receipt' : awaited === 'anchor' && isOfAnchor(step)
  return comesByItself ? 'waits' : 'missing'
}

const isOfAnchor = (step: ProofStep) => step === 'chain' || step === 'anchor'

function verdict(
  { status, isLate }: ReceiptAnswer,
  fate: Fate | null,
  place: VotePlace,
  steps: readonly StepView[],
): Pick<ReceiptView, 'tone' | 'title' | 'says' | 'place'> {
  // Where there is a row, its word goes before the gateway's.
  const said: Pick<VoteStatus, 'of' | 'why'> = fate === null ? status : fate.outcome === 'counted' ? {} : fate
  const [stands, why] = [said.of ?? null, said.why ?? null]
  const unchecked =
    fate === null
      ? 'That is what we say; the place below was not checked here.'
      : 'The ledger says so; the place below was not checked here.'
  const inResult = markIn(steps, 'anchor') === 'holds' ? 'sure' : 'waiting'
  switch (status.state) {
    case 'queued':
      return {
        tone: 'waiting',
        title: 'Your vote is safe.',
        says: 'It was accepted and waits to be counted. This page looks again by itself.',
        place: null,
      }
    case 'counted':
      return { tone: inResult, title: 'Your vote is counted.', says: sayCounted(steps, isLate), place }
    case 'repeat':
      return {
        tone: inResult,
        title: 'Your vote is counted, once.',
        says: `It came in more than once, and this receipt is of a repeat.${stands === null ? '' : ` ${unchecked}`}`,
        place: stands,
      }
    case 'refused':
      return {
        tone: 'not counted',
        title: 'This vote does not count.',
        says: `An earlier vote of this voter stands, and this poll takes no second.${stands === null ? '' : ` ${unchecked}`}`,
        place: stands,
      }
    case 'rejected':
      return {
        tone: 'not counted',
        title: 'This vote could not be stored.',
        says: `It does not count. ${sayWhy(why)} Save the receipt and show it to the broadcaster.`,
        place: null,
      }
    case 'unknown':
      return {
        tone: 'alarm',
        title: 'We do not find this vote.',
        says:
          markIn(steps, 'receipt') === 'holds'
            ? 'Its signature is ours: we accepted this vote, and it is not in the ledger. Save the receipt and show it to the broadcaster.'
            : `Neither the queue nor the ledger has it, and the receipt carries no signature ${markIn(steps, 'receipt') === 'unknown' ? 'by a key that is known here' : 'that would say we accepted it'}. While the poll is open, send it again on the device that voted: it can never count twice. After that, save the receipt and show it to the broadcaster.`,
        place: null,
      }
    default:
      return status.state satisfies never
  }
}

/** The reasons that the ledger gives for a vote that it could not store (queue-workers/persist/). */
function sayWhy(why: string | null): string {
  if (why === null) return 'No reason was given.'
  const said = whyWords.get(why) ?? (why.startsWith('unstorable') ? 'The database did not take it.' : null)
  return said === null ? `The reason: ${why}.` : said
}

const whyWords: ReadonlyMap<string, string> = new Map([
  ['unknown-poll', 'Its poll is not known to the count.'],
  ['unknown-box', 'Its poll has no such ballot box.'],
  ['unknown-option', 'Its poll has no such option.'],
  ['unreadable', 'What arrived in the count could not be read.'],
])

const markIn = (steps: readonly StepView[], wanted: ProofStep) =>
  steps.find(({ step }) => step === wanted)?.mark

function sayCounted(steps: readonly StepView[], isLate: boolean): string {
  const anchored = markIn(steps, 'anchor')
  if (anchored === 'holds') return 'This device has checked it, from your choice to a signed anchor.'
  if (anchored === 'waits')
    return isLate
      ? 'It is in the ledger. The next anchor is late; show this to the broadcaster if it stays so. This page looks again by itself.'
      : 'It is in the ledger. The next anchor is made within a minute: then nobody can change it unseen. This page looks again by itself.'
  return 'That is what we say. No proof was given: this poll may not show its counts yet, or it cannot be made right now. Come back later.'
}

const failures: Record<ProofStep, string> = {
  vote: 'At this place lies another choice than this receipt says, or the receipt was changed on its way here. Save it and show it to the broadcaster.',
  receipt:
    'The signature does not fit: this receipt was changed, or it never came from us. If you did not change it, save it and show it to the broadcaster.',
  row: 'We signed another batch for you than the one in the ledger. That must never happen: save the receipt and show it to the broadcaster.',
  outcome:
    'The ledger says something else of your vote than we do. That must never happen: save the receipt and show it to the broadcaster.',
  chain:
    'Your batch is not part of what the anchor holds fast. That must never happen: save the receipt and show it to the broadcaster.',
  anchor:
    'The anchor does not carry our signature. That must never happen: save the receipt and show it to the broadcaster.',
}

const notLooked = 'Not looked at.'

/** What is not there and will not come within a minute. */
const missing: Record<ProofStep, string> = {
  vote: 'Nothing was shown that leads to your choice.',
  receipt: 'Your receipt came without a signature.',
  row: 'The ledger’s row was not shown.',
  outcome: 'The ledger’s word was not shown.',
  chain: 'No anchor was shown.',
  anchor: 'No anchor was shown.',
}

function byWhat(step: ProofStep, anchorNo: number | undefined, isMoved: boolean): string {
  switch (step) {
    case 'vote':
      return 'A path of hashes from your choice to the root of its batch'
    case 'receipt':
      return 'The gateway’s signature'
    case 'row':
      return `The batch in ${isMoved ? 'the receipt that we show now' : 'your receipt'} beside the row in the ledger`
    case 'outcome':
      return 'The row’s own list of what was not counted'
    case 'chain':
      return `A path of hashes from the row to ${anchorNo === undefined ? 'an anchor' : `anchor ${anchorNo}`}`
    case 'anchor':
      return 'The anchor’s signature'
    default:
      return step satisfies never
  }
}

function keyOf(
  step: ProofStep,
  receiptKey: string | undefined,
  anchorKey: string | undefined,
): string | null {
  return (step === 'receipt' ? receiptKey : step === 'anchor' ? anchorKey : null) ?? null
}
