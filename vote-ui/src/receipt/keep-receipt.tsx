/** Gives the receipt to whoever wants to keep it: as a file, and as a link. */
import { useId, useState } from 'react'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import { receiptFile, receiptLink } from '../../../contracts/receipt-text.ts'
import type { ReceiptView } from './receipt-view.ts'
import type { ChoiceWords } from './use-choice-words.ts'
import type { ReceiptAnswer } from './use-receipt-status.ts'

interface KeepReceiptParts {
  readonly own: OwnVote
  readonly view: ReceiptView | null
  readonly answer: ReceiptAnswer | null
  readonly choice: ChoiceWords | null
}

export function KeepReceipt({ own, view, answer, choice }: KeepReceiptParts) {
  const vote = { ...own, receipt: view?.receipt ?? own.receipt }
  const link = new URL(receiptLink(vote), location.origin).href
  /** With all that was shown: who judges it later needs no word of ours. */
  const file = () =>
    receiptFile(vote, {
      ...(choice !== null && { question: choice.question, option: choice.option }),
      ...(answer !== null && {
        askedAt: new Date().toISOString(),
        state: answer.status.state,
        ...(answer.status.proof !== undefined && { proof: answer.status.proof }),
        keys: answer.keys.keys,
      }),
      // Beside the voter's own, never in its place.
      ...(view?.liesNow != null && { liesNow: view.liesNow }),
    })
  return (
    <div className="receipt-ways receipt-keep">
      <button
        type="button"
        className="button-quiet"
        onClick={() => save(file(), `urna-receipt-${own.voteId.slice(-12)}.json`)}
      >
        Save receipt
      </button>
      {'clipboard' in navigator ? <CopyButton link={link} /> : <LinkByHand link={link} />}
    </div>
  )
}

function CopyButton({ link }: { link: string }) {
  const [did, setDid] = useState<'nothing' | 'copied' | 'failed'>('nothing')
  if (did === 'failed') return <LinkByHand link={link} />
  return (
    <button
      type="button"
      className="button-quiet"
      onClick={() => {
        navigator.clipboard.writeText(link).then(
          () => setDid('copied'),
          () => setDid('failed'),
        )
      }}
    >
      <span aria-live="polite">{did === 'copied' ? 'Copied' : 'Copy link'}</span>
    </button>
  )
}

/** Outside https a page has no clipboard. */
function LinkByHand({ link }: { link: string }) {
  const id = useId()
  return (
    <p className="receipt-link">
      <label htmlFor={id}>Link to this check</label>
      <input id={id} readOnly value={link} onFocus={(event) => event.target.select()} />
    </p>
  )
}

function save(content: string, name: string) {
  const address = URL.createObjectURL(new Blob([content], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
