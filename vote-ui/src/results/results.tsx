/** A poll's result: live while votes come in, final when the poll is over. */
import { LineNotice } from '../connection/line-notice.tsx'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { exactTime } from '../time/when.ts'
import { ResultBars, wholeNumber } from './result-bars.tsx'
import { resultRows } from './rows.ts'
import { useTally } from './use-tally.ts'

interface ResultsParts {
  readonly streams: Streams
  readonly poll: PollParts
  readonly ownOptionId: string | null
}

export function Results({ streams, poll, ownOptionId }: ResultsParts) {
  const { tally, line } = useTally(streams, poll.pollId)
  const final = poll.state !== 'open'
  return (
    <section className="results" aria-labelledby="results-title">
      <header className="results-head">
        <h2 id="results-title">{titles[poll.state]}</h2>
        {!final && line.at === 'live' && <span className="live">Live</span>}
        {tally !== null && (
          <p className="results-total">
            <strong>{wholeNumber(tally.total ?? 0)}</strong> {tally.total === 1 ? 'vote' : 'votes'}
            {tally.asOf !== null && (
              <span>
                {' '}
                as of <time dateTime={tally.asOf}>{exactTime(Date.parse(tally.asOf))}</time>
              </span>
            )}
          </p>
        )}
      </header>
      <LineNotice line={line} knows={tally === null ? 'No count yet since' : 'These numbers stand since'} />
      {tally === null ? (
        <div className="bars loading" role="status" aria-label="Loading the count">
          {poll.options.map(({ optionId }) => (
            <span key={optionId} className="bar" />
          ))}
        </div>
      ) : (
        <ResultBars rows={resultRows(poll.options, tally, final)} ownOptionId={ownOptionId} final={final} />
      )}
    </section>
  )
}

const titles: Record<PollParts['state'], string> = {
  draft: 'No votes yet',
  scheduled: 'No votes yet',
  open: 'The count so far',
  closed: 'The result',
  counting: 'Counting the last votes',
  certified: 'The certified result',
}
