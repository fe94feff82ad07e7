/** The first screen: every poll that is open, coming, or over. */
import { Mark } from '../brand/mark.tsx'
import type { Castings } from '../cast/castings.ts'
import { IdentityNotice } from '../identity/identity-notice.tsx'
import type { Identity } from '../identity/identity.ts'
import { LineNotice } from '../connection/line-notice.tsx'
import type { ServerClock } from '../connection/server-clock.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { Stage } from '../stage.tsx'
import { useNow } from '../time/use-now.ts'
import { arrangePolls, type ArrangedPolls } from './arrange-polls.ts'
import { PollCard } from './poll-card.tsx'
import { usePublicPolls } from './use-public-polls.ts'

interface PollListParts {
  readonly castings: Castings
  readonly identity: Identity
  readonly streams: Streams
  readonly clock: ServerClock
}

export function PollListScreen({ castings, identity, streams, clock }: PollListParts) {
  const { polls, line } = usePublicPolls(streams)
  const nowMs = useNow(clock, 10_000)
  const arranged = polls === null ? null : arrangePolls(polls)

  return (
    <Stage shape="wide" title="Your vote, live." below={<p className="lead">{leadOf(arranged)}</p>}>
      <div className="tidings">
        {arranged === null && line.at === 'lost' ? (
          <div className="card way-on" role="status">
            <h2>We cannot reach Urna.</h2>
            <p>
              Your device may be offline. We keep trying: the polls appear here as soon as the line is back.
            </p>
          </div>
        ) : (
          <LineNotice line={line} knows="These are the polls as of" />
        )}
        <IdentityNotice identity={identity} />
      </div>
      {arranged === null && line.at !== 'lost' && <LoadingCards />}
      {arranged !== null && arranged.open.length === 0 && <NothingOpen coming={arranged.coming.length > 0} />}
      {arranged !== null &&
        (['open', 'coming', 'over'] as const).map(
          (group) =>
            arranged[group].length > 0 && (
              <section
                className="poll-group"
                data-group={group}
                key={group}
                aria-labelledby={`${group}-polls`}
              >
                <h2 id={`${group}-polls`}>{groupTitles[group]}</h2>
                <ul className="poll-cards">
                  {arranged[group].map((poll) => (
                    <li key={poll.pollId}>
                      <PollCard poll={poll} castings={castings} nowMs={nowMs} />
                    </li>
                  ))}
                </ul>
              </section>
            ),
        )}
    </Stage>
  )
}

const groupTitles = { open: 'Open now', coming: 'Coming up', over: 'Results' } as const

function leadOf(polls: ArrangedPolls | null): string {
  if (polls === null || polls.open.length > 0)
    return 'Pick a poll, cast your vote, and watch the count grow live.'
  return 'Polls open with the show. Yours to decide, the moment they do.'
}

function NothingOpen({ coming }: { coming: boolean }) {
  return (
    <div className="card nothing-open">
      <Mark />
      <div>
        <h2>No poll is open right now.</h2>
        <p>
          {coming
            ? 'The next ones are below. Keep this page open: a poll appears here the moment it opens.'
            : 'Keep this page open: the next poll appears here by itself, no need to reload.'}
        </p>
      </div>
    </div>
  )
}

function LoadingCards() {
  return (
    <div className="poll-cards loading" role="status" aria-label="Loading the polls">
      <span className="poll-card" />
      <span className="poll-card" />
    </div>
  )
}
