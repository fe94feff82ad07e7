/** Checks a receipt that stands in the address, or asks for one. */
import { useMemo, useState } from 'react'
import { useLocation } from 'wouter'
import { useLocationProperty } from 'wouter/use-browser-location'
import type { UrnaClient } from '../../../contracts/client.ts'
import { readReceiptText } from '../../../contracts/read-receipt.ts'
import { receiptLink } from '../../../contracts/receipt-text.ts'
import { Stage } from '../stage.tsx'
import { CheckedReceipt } from './checked-receipt.tsx'
import { ReceiptForm } from './receipt-form.tsx'
import './receipt.css'

export function ReceiptScreen({ client }: { client: Pick<UrnaClient, 'trpc' | 'voteStatus'> }) {
  const [, navigate] = useLocation()
  const text = useLocationProperty(
    () => location.hash,
    () => '',
  ).slice(1)
  const own = useMemo(() => readReceiptText(text), [text])
  // How often somebody asked here: the verdict takes the focus each time, even where the receipt is the same.
  const [checks, setChecks] = useState(0)
  const isBad = own === null && text !== ''
  return (
    <Stage
      shape="split"
      title="Check a vote"
      below={
        <p className="lead">
          A receipt says where a vote lies. This page follows it there, and checks every step on your own
          device.
        </p>
      }
    >
      {own !== null && <CheckedReceipt key={text} own={own} client={client} checks={checks} />}
      <ReceiptForm
        // Another address is another start.
        key={`form ${text}`}
        start={isBad ? text : ''}
        isBad={isBad}
        isFirst={own === null}
        onReceipt={(vote) => {
          navigate(receiptLink(vote))
          setChecks((times) => times + 1)
        }}
      />
    </Stage>
  )
}
