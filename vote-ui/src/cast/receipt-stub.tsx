/** The receipt of a vote as a paper stub, with the question whether it is in the count. */
import { useState } from 'react'
import type { Receipt } from '../../../contracts/vote.ts'
import type { ReceiptCheck } from './use-receipt-check.ts'

interface ReceiptStubParts {
  readonly receipt: Receipt
  readonly check: ReceiptCheck
  readonly onCheck: () => void
  readonly onSendAgain: () => void
}

export function ReceiptStub({ receipt, check, onCheck, onSendAgain }: ReceiptStubParts) {
  return (
    <div className="stub">
      <ReceiptCode receipt={receipt} />
      <p role="status" className="stub-check">
        {checkWords[check]}
      </p>
      {check === 'unknown' ? (
        <button type="button" className="button-quiet" onClick={onSendAgain}>
          Send it again
        </button>
      ) : (
        isOpen(check) && (
          <button type="button" className="button-quiet" onClick={onCheck} disabled={check === 'asking'}>
            Check <span className="unseen">that it is counted</span>
          </button>
        )
      )}
    </div>
  )
}

/** Whether asking again may bring another answer. */
const isOpen = (check: ReceiptCheck) =>
  check === 'unasked' || check === 'asking' || check === 'queued' || check === 'failed'

const checkWords: Record<ReceiptCheck, string> = {
  unasked: '',
  asking: 'Looking…',
  queued: 'Safe with us, on its way into the count.',
  counted: 'Yes: it is in the count.',
  repeat: 'Yes: it is in the count, once.',
  refused: 'An earlier vote of yours stands in the count; this one does not count beside it.',
  rejected: 'It could not be stored, so it is not in the count.',
  unknown: 'We do not find it any more. Send it again: it can never count twice.',
  failed: 'No answer just now. Please ask again.',
}

/** The end of the batch's number and the place in it are enough for the eye; what is copied is the whole. */
function ReceiptCode({ receipt }: { receipt: Receipt }) {
  const [copied, setCopied] = useState(false)
  const whole = `${receipt.batchId}/${receipt.position}`
  async function copy() {
    try {
      await navigator.clipboard.writeText(whole)
      setCopied(true)
    } catch {
      // Without the permission the code can still be selected by hand.
    }
  }
  return (
    <>
      <p className="stub-code">
        <span className="stub-label">Receipt</span>{' '}
        <code title={whole}>
          {receipt.batchId.slice(-12)}/{receipt.position}
        </code>
      </p>
      {'clipboard' in navigator && (
        <button type="button" className="button-quiet" onClick={() => void copy()}>
          {copied ? 'Copied' : 'Copy'} <span className="unseen">the receipt</span>
        </button>
      )}
    </>
  )
}
