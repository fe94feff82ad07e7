/** Takes a receipt as text, as a link, or as the file that was saved. */
import { useId, useState } from 'react'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import { readReceiptText } from '../../../contracts/read-receipt.ts'

interface ReceiptFormParts {
  readonly start: string
  /** What it starts with is no receipt. */
  readonly isBad: boolean
  /** Nothing stands above it. */
  readonly isFirst: boolean
  readonly onReceipt: (vote: OwnVote) => void
}

export function ReceiptForm({ start, isBad: startsBad, isFirst, onReceipt }: ReceiptFormParts) {
  const [text, setText] = useState(start)
  const [isBad, setBad] = useState(startsBad)
  const [fieldId, faultId] = [useId(), useId()]
  function check(given: string) {
    const vote = readReceiptText(given)
    setBad(vote === null)
    if (vote !== null) onReceipt(vote)
  }
  async function take(file: File | undefined) {
    if (file === undefined) return
    const content = await file.text()
    setText(content)
    check(content)
  }
  return (
    <form
      className="card receipt-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        check(text)
      }}
    >
      <h2>{isFirst ? 'Your receipt' : 'Check another receipt'}</h2>
      <label htmlFor={fieldId}>Paste its link or its text</label>
      <textarea
        id={fieldId}
        rows={3}
        value={text}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={isBad}
        aria-describedby={isBad ? faultId : undefined}
        onChange={(event) => {
          setText(event.target.value)
          setBad(false)
        }}
      />
      <p role="alert" id={faultId} className="receipt-fault">
        {isBad &&
          (text.trim() === ''
            ? 'Paste a receipt first.'
            : 'This is no receipt, or a part of it is missing. Copy it again, whole.')}
      </p>
      <div className="receipt-ways">
        <button type="submit" className={isFirst ? 'button' : 'button-quiet'}>
          Check it
        </button>
        <label className="button-quiet receipt-file">
          Open a saved file
          <input
            type="file"
            accept="application/json,.json"
            className="unseen"
            onChange={(event) => {
              void take(event.target.files?.[0])
              // The same file once more is a choice, too.
              event.target.value = ''
            }}
          />
        </label>
      </div>
    </form>
  )
}
