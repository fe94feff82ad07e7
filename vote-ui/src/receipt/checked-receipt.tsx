/** One receipt: asked for, checked on this device, and told. */
import { useMemo } from 'react'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import type { UrnaClient } from '../../../contracts/client.ts'
import { CheckList } from './check-list.tsx'
import { KeepReceipt } from './keep-receipt.tsx'
import { proofTools } from './proof-tools.ts'
import { viewReceipt } from './receipt-view.ts'
import { useChoiceWords } from './use-choice-words.ts'
import { useReceiptStatus } from './use-receipt-status.ts'
import { Verdict } from './verdict.tsx'

interface CheckedReceiptParts {
  readonly own: OwnVote
  readonly client: Pick<UrnaClient, 'trpc' | 'voteStatus'>
  /** How often a check was asked for on this page. */
  readonly checks: number
}

/** Give it a key by receipt. */
export function CheckedReceipt({ own, client, checks }: CheckedReceiptParts) {
  const asked = useReceiptStatus(client, own)
  const choice = useChoiceWords(client, own)
  const answer = asked.at === 'answered' ? asked.answer : null
  const view = useMemo(() => (answer === null ? null : viewReceipt(own, answer, proofTools)), [own, answer])
  return (
    <section className="card receipt" aria-labelledby="receipt-title" data-tone={view?.tone ?? asked.at}>
      <Verdict asked={asked} view={view} choice={choice} checks={checks} />
      {view !== null && <CheckList steps={view.steps} isWaiting={view.awaited !== null} />}
      <KeepReceipt own={own} view={view} answer={answer} choice={choice} />
    </section>
  )
}
