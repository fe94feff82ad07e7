/** Opens the connections of the vote screens and puts the app on the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { makeUrnaClient, personPlace } from '../../contracts/client.ts'
import { App } from './app.tsx'
import { makeAllowances } from './cast/allowances.ts'
import { makeCastings } from './cast/castings.ts'
import { deviceStorage } from '../../contracts/device-storage.ts'
import { makeHeardFetch } from './connection/heard-fetch.ts'
import { makeServerClock } from './connection/server-clock.ts'
import { makeIdentity } from './identity/identity.ts'
import { watchAddress } from './identity/watch-address.ts'
import { makeStreams } from '../../contracts/streams.graphql-sse.ts'
import './brand/tokens.css'
import './page.css'
import './cast/cast.css'
import './cast/rules.css'
import './results/results.css'
import './polls/polls.css'

const clock = makeServerClock()

const client = makeUrnaClient({
  trpcUrl: new URL('/trpc', location.origin).href,
  storage: deviceStorage(),
  // A stored vote is sent until it is answered: the page says so, and nobody has to press again.
  giveUpAfterMs: Number.POSITIVE_INFINITY,
  onRetry: (_tries, waitMs) => castings.retried(clock.now() + waitMs),
  fetch: makeHeardFetch({
    clock,
    onAnswer: () => castings.heard(),
    onSilence: () => castings.silenced(),
  }),
})

const allowances = makeAllowances({ ask: client.allowance, now: clock.now })
const castings = makeCastings({
  cast: client.cast,
  keptVote: client.keptVote,
  unansweredVotes: client.unansweredVotes,
  isOnline: () => navigator.onLine,
  onAnswer: allowances.learn,
})
let person = client.person()
/** Whoever is verified on this device now, here or in another tab. */
function meetPerson() {
  if (client.person() !== person) {
    person = client.person()
    allowances.forget()
    castings.changePerson()
  }
  allowances.askAll()
}
const identity = makeIdentity({
  verify: client.verify,
  onVerified: meetPerson,
  // For this tab alone, and no longer than it lives.
  storage: deviceStorage(() => sessionStorage),
})
identity.resume()
watchAddress(identity.show)
window.addEventListener('online', () => castings.wake())
// Another tab of this browser may have voted, or verified somebody else; null: all was cleared.
window.addEventListener('storage', ({ key }) => {
  if (key === null || key === personPlace) meetPerson()
  if (key === null || key.startsWith('urna.vote.')) castings.recall()
})

const streams = makeStreams({
  url: new URL('/graphql', location.origin).href,
  // The session that votes is the one that watches: what is shown may depend on it.
  headers: () => bearer(client.session()?.token),
  onDate: clock.learn,
})

const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    {/* Whoever walks inside the page carries a state: the next screen then takes the focus. */}
    <Router aroundNav={(navigate, to, options) => navigate(to, { state: 'walked', ...options })}>
      <App
        client={client}
        castings={castings}
        allowances={allowances}
        identity={identity}
        streams={streams}
        clock={clock}
      />
    </Router>
  </StrictMode>,
)

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}
