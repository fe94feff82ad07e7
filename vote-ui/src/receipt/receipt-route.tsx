/** Brings the check of receipts when somebody asks for it: who votes does not carry it. */
import { lazy, Suspense } from 'react'
import type { UrnaClient } from '../../../contracts/client.ts'
import { Stage } from '../stage.tsx'

const ReceiptScreen = lazy(() =>
  import('./receipt-screen.tsx').then(
    ({ ReceiptScreen: Screen }) => ({ default: Screen }),
    // A newer release may have taken the file away, or the line is down.
    () => ({ default: NotLoaded }),
  ),
)

export function ReceiptRoute({ client }: { client: Pick<UrnaClient, 'trpc' | 'voteStatus'> }) {
  return (
    <Suspense fallback={<Stage shape="split" title="One moment…" waiting children={null} />}>
      <ReceiptScreen client={client} />
    </Suspense>
  )
}

function NotLoaded() {
  return (
    <Stage shape="split" title="This page could not be loaded.">
      <div className="card way-on">
        <p>Your device may be offline, or Urna was just renewed. Your receipt is safe in the address.</p>
        <button type="button" className="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </div>
    </Stage>
  )
}
