/** The receipt of a vote as a paper stub, with the question whether it is in the count. */
import { useState } from 'react'
import { Link } from 'wouter'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import { receiptLink } from '../../../contracts/receipt-text.ts'
import type { VotePlace, VoteStatus } from '../../../contracts/vote.ts'
import { isLost, type ReceiptCheck } from './use-receipt-check.ts'

interface ReceiptStubParts {
  readonly vote: OwnVote
  readonly check: ReceiptCheck
  readonly onCheck: () => void
  readonly onSendAgain: () => void
}

export function ReceiptStub({ vote, check, onCheck, onSendAgain }: ReceiptStubParts) {
  return (
    <div className="stub">
      <ReceiptCode vote={vote} />
      <p role="status" className="stub-check">
        {checkWords(check)}
      </p>
      {isLost(check) ? (
        <button type="button" className="button-quiet" onClick={onSendAgain}>
          Send it again
        </button>
      ) : (
        mayAsk(check) && (
          <button
            type="button"
            className="button-quiet"
            onClick={onCheck}
            aria-disabled={check.at === 'asking'}
          >
            Is it counted?
          </button>
        )
      )}
      <Link href={receiptLink(vote)} className="button-quiet">
        Check it <span className="unseen">yourself, step by step</span>
      </Link>
    </div>
  )
}

/** Whether asking again may bring another answer. */
const mayAsk = (check: ReceiptCheck) => check.at !== 'told' || check.status.state === 'queued'

function checkWords(check: ReceiptCheck): string {
  switch (check.at) {
    case 'unasked':
      return ''
    case 'asking':
      return 'Looking…'
    case 'failed':
      return 'No answer just now. Please ask again.'
    case 'told':
      return statusWords(check.status)
    default:
      return check satisfies never
  }
}

function statusWords({ state, of, why }: VoteStatus): string {
  switch (state) {
    case 'queued':
      return 'Safe with us, on its way into the count.'
    case 'counted':
      return 'Yes: it is in the count.'
    case 'repeat':
      return `Yes: it is in the count, once${of === undefined ? '' : `, as ${placeCode(of)}`}.`
    case 'refused':
      return `No: an earlier vote of yours stands in the count${of === undefined ? '' : `, as ${placeCode(of)}`}. This one does not count beside it.`
    case 'rejected':
      return `No: it could not be stored${why === undefined ? '' : ` (${why})`}. Keep the receipt, and show it to the broadcaster.`
    case 'unknown':
      return 'We do not find it any more. Send it again: it can never count twice.'
    default:
      return state satisfies never
  }
}

/** The end of the batch's number and the place in it are enough for the eye. */
const placeCode = ({ batchId, position }: VotePlace): string => `${batchId.slice(-12)}/${position}`

/** What is copied is the link to its check: the place alone is less than a check needs. */
function ReceiptCode({ vote }: { vote: OwnVote }) {
  const [copied, setCopied] = useState(false)
  const { receipt } = vote
  async function copy() {
    try {
      await navigator.clipboard.writeText(new URL(receiptLink(vote), location.origin).href)
      setCopied(true)
    } catch {
      // Without the permission the code can still be selected by hand.
    }
  }
  return (
    <>
      <p className="stub-code">
        <span className="stub-label">Receipt</span>{' '}
        <code title={`${receipt.batchId}/${receipt.position}`}>{placeCode(receipt)}</code>
      </p>
      {'clipboard' in navigator && (
        <button type="button" className="button-quiet" onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy'} <span className="unseen">the receipt</span>
        </button>
      )}
    </>
  )
}
