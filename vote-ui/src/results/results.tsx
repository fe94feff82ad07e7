/** A poll's result as its rule allows: hidden, live while votes come in, final when the poll is over. */
import { LineNotice } from '../connection/line-notice.tsx'
import type { ServerClock } from '../connection/server-clock.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { useNow } from '../time/use-now.ts'
import { exactTime } from '../time/when.ts'
import { hiddenAllTheSame, hiddenWords } from './hidden-words.ts'
import { ResultBars, wholeNumber, type OwnOption } from './result-bars.tsx'
import { resultRows } from './rows.ts'
import { useTally, type TallyFrame } from './use-tally.ts'
import { WeightedBars } from './weighted-bars.tsx'
import { weightedRows } from './weighted-rows.ts'

interface ResultsParts {
  readonly streams: Streams
  readonly clock: Pick<ServerClock, 'now'>
  readonly poll: PollParts
  readonly own: OwnOption | null
  /** Whether this voter has a vote in the poll, from whatever device. */
  readonly hasVoted: boolean
}

export function Results({ streams, clock, poll, own, hasVoted }: ResultsParts) {
  // A rehearsal has no result that boxes could weigh in.
  const isWeighted = poll.boxes.length > 1 && !poll.isRehearsal
  const seenAs = poll.visibility === 'after-vote' && hasVoted ? 'voter' : 'stranger'
  const { tally, heardAs, line } = useTally(streams, { pollId: poll.pollId, parts: isWeighted, seenAs })
  const nowMs = useNow(clock, 5_000)
  const final = poll.state !== 'open'
  const shows = tally?.shows ?? null
  const isHidden = shows === 'nothing' || shows === 'turnout'
  // A frame by the rule of now, to the viewer of now: the gateway means it, whatever this page expects.
  const isJudged = heardAs === seenAs && tally !== null && tally.pollVersion >= poll.version
  const hidden = isHidden
    ? (hiddenWords(poll, hasVoted, nowMs) ?? (isJudged ? hiddenAllTheSame(poll) : null))
    : null
  // What is no longer hidden is on its way.
  const isLoading = hidden === null && shows !== 'counts'
  return (
    <section className="results" aria-labelledby="results-title" data-shows={shows ?? undefined}>
      <header className="results-head">
        <h2 id="results-title">{hidden === null ? titleOf(poll) : 'Results'}</h2>
        {!final && line.at === 'live' && shows === 'counts' && <span className="live">Live</span>}
        {poll.state === 'certified' && hidden === null && <Certified />}
        {tally !== null && <Total tally={tally} isRehearsal={poll.isRehearsal} />}
      </header>
      <LineNotice line={line} knows={tally === null ? 'No count yet since' : 'These numbers stand since'} />
      {hidden !== null && <p className="results-hidden">{hidden}</p>}
      {isLoading && (
        <div className="bars loading" role="status" aria-label="Loading the count">
          {poll.options.slice(0, 12).map(({ optionId }) => (
            <span key={optionId} className="bar" />
          ))}
        </div>
      )}
      {tally !== null && shows === 'counts' && (
        <Bars tally={tally} poll={poll} own={own} final={final} isWeighted={isWeighted} />
      )}
    </section>
  )
}

function Total({ tally, isRehearsal }: { tally: TallyFrame; isRehearsal: boolean }) {
  const { total, asOf } = tally
  if (total === null) return null
  return (
    <p className="results-total">
      <strong>{wholeNumber(total)}</strong> {isRehearsal && 'rehearsal '}
      {total === 1 ? 'vote' : 'votes'}
      {asOf !== null && (
        <span>
          {' '}
          as of <time dateTime={asOf}>{exactTime(Date.parse(asOf))}</time>
        </span>
      )}
    </p>
  )
}

/** Every accepted vote is accounted for, and the ledger behind the result is signed. */
function Certified() {
  return (
    <span className="certified">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="m5.5 12.5 4.5 4.5L19 7" />
      </svg>
      Certified
    </span>
  )
}

interface BarsParts extends Pick<ResultsParts, 'poll' | 'own'> {
  readonly tally: TallyFrame
  readonly final: boolean
  readonly isWeighted: boolean
}

function Bars({ tally, poll, own, final, isWeighted }: BarsParts) {
  if (isWeighted)
    return (
      <WeightedBars
        {...weightedRows(poll.options, poll.boxes, tally.boxes ?? [], final)}
        own={own}
        final={final}
      />
    )
  const isResult = final && !poll.isRehearsal
  return <ResultBars rows={resultRows(poll.options, tally, isResult)} own={own} final={isResult} />
}

function titleOf({ isRehearsal, state }: PollParts): string {
  if (isRehearsal) return state === 'open' ? 'The rehearsal so far' : 'Rehearsal: no result'
  return titles[state]
}

const titles: Record<PollParts['state'], string> = {
  draft: 'No votes yet',
  scheduled: 'No votes yet',
  open: 'The count so far',
  closed: 'The result',
  counting: 'Counting the last votes',
  certified: 'The result',
}
