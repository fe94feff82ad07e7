/** Which screen belongs to which address. */
import { Route, Switch } from 'wouter'
import type { UrnaClient } from '../../contracts/client.ts'
import { receiptPath } from '../../contracts/receipt-text.ts'
import type { Allowances } from './cast/allowances.ts'
import type { Castings } from './cast/castings.ts'
import type { Identity } from './identity/identity.ts'
import type { ServerClock } from './connection/server-clock.ts'
import type { Streams } from '../../contracts/streams.graphql-sse.ts'
import { PollListScreen } from './polls/poll-list-screen.tsx'
import { PollScreen } from './polls/poll-screen.tsx'
import { ReceiptRoute } from './receipt/receipt-route.tsx'
import { UnknownPage } from './polls/unknown-page.tsx'

interface AppParts {
  readonly client: UrnaClient
  readonly castings: Castings
  readonly allowances: Allowances
  readonly identity: Identity
  readonly streams: Streams
  readonly clock: ServerClock
}

export function App({ client, castings, allowances, identity, streams, clock }: AppParts) {
  return (
    <Switch>
      <Route path="/">
        <PollListScreen castings={castings} identity={identity} streams={streams} clock={clock} />
      </Route>
      <Route path="/p/:slug">
        {({ slug }) => (
          <PollScreen
            key={slug}
            slug={slug}
            client={client}
            castings={castings}
            allowances={allowances}
            identity={identity}
            streams={streams}
            clock={clock}
          />
        )}
      </Route>
      <Route path={receiptPath}>
        <ReceiptRoute client={client} />
      </Route>
      <Route>
        <UnknownPage what="page" />
      </Route>
    </Switch>
  )
}
