/** The screen of one poll: found by its address, followed live, or told to be unknown. */
import type { UrnaClient } from '../../../contracts/client.ts'
import type { Allowances } from '../cast/allowances.ts'
import type { Castings } from '../cast/castings.ts'
import type { ServerClock } from '../connection/server-clock.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { IdentityNotice } from '../identity/identity-notice.tsx'
import type { Identity } from '../identity/identity.ts'
import { LineNotice } from '../connection/line-notice.tsx'
import { Stage } from '../stage.tsx'
import { PollFloor } from './poll-floor.tsx'
import { RehearsalNotice } from './rehearsal-notice.tsx'
import { PollStatus } from './poll-status.tsx'
import { UnknownPage } from './unknown-page.tsx'
import { usePoll } from './use-poll.ts'

export interface PollScreenParts {
  readonly slug: string
  readonly client: UrnaClient
  readonly castings: Castings
  readonly allowances: Allowances
  readonly identity: Identity
  readonly streams: Streams
  readonly clock: ServerClock
}

export function PollScreen(parts: PollScreenParts) {
  const { slug, client, castings, allowances, identity, streams, clock } = parts
  const { search, line } = usePoll({ client, streams, slug })
  switch (search.at) {
    case 'looking':
      return (
        <Stage shape="split" title="One moment…" waiting>
          <div className="slips loading" role="status" aria-label="Loading the poll">
            <span className="slip" />
            <span className="slip" />
            <span className="slip" />
          </div>
        </Stage>
      )
    case 'unreachable':
      return (
        <Stage shape="split" title="We cannot reach Urna.">
          <div className="card way-on" role="status">
            <p>
              Your device may be offline. We keep trying: the poll appears here as soon as the line is back.
            </p>
          </div>
        </Stage>
      )
    case 'unknown':
      return <UnknownPage what="poll" />
    case 'found': {
      const { poll } = search
      return (
        <Stage
          shape="split"
          title={poll.question}
          above={<PollStatus poll={poll} clock={clock} />}
          below={
            poll.description !== '' && (
              <p className="lead" dir="auto">
                {poll.description}
              </p>
            )
          }
        >
          <div className="tidings">
            {poll.isRehearsal && <RehearsalNotice />}
            <LineNotice line={line} knows="This page is as of" />
            <IdentityNotice identity={identity} />
          </div>
          <PollFloor
            key={poll.pollId}
            poll={poll}
            client={client}
            castings={castings}
            allowances={allowances}
            streams={streams}
            clock={clock}
          />
        </Stage>
      )
    }
  }
}
