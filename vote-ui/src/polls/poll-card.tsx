/** One poll in the list, as a link to its page. */
import { Link } from 'wouter'
import { optionColour } from '../brand/option-colour.ts'
import type { Castings } from '../cast/castings.ts'
import { useCasting } from '../cast/use-casting.ts'
import { localTime, waitInWords } from '../time/when.ts'
import type { PollParts } from './poll-parts.ts'

interface PollCardParts {
  readonly poll: PollParts
  readonly castings: Castings
  readonly nowMs: number
}

export function PollCard({ poll, castings, nowMs }: PollCardParts) {
  // A vote that was cut short on the poll's page goes out from here too.
  const voted = useCasting(castings, poll.pollId).at === 'counted'
  return (
    <Link href={`/p/${poll.slug}`} className="poll-card" data-state={poll.state}>
      <span className="poll-card-colours" aria-hidden="true">
        {poll.options.slice(0, 8).map(({ optionId, colour }, index) => (
          <span key={optionId} style={{ background: optionColour(colour, index) }} />
        ))}
      </span>
      <span className="poll-card-question">{poll.question}</span>
      <span className="poll-card-foot">
        <When poll={poll} nowMs={nowMs} />
        {voted && <span className="badge badge-good">You voted</span>}
        <span className="poll-card-go">{goWord(poll, voted)}</span>
      </span>
    </Link>
  )
}

function goWord({ state }: PollParts, voted: boolean): string {
  if (state === 'scheduled') return 'Look ahead'
  return state === 'open' && !voted ? 'Vote now' : 'See the result'
}

function When({ poll, nowMs }: { poll: PollParts; nowMs: number }) {
  const { state, opensAt, closesAt } = poll
  if (state === 'open') {
    if (closesAt === null) return <span>{poll.options.length} options</span>
    const closesMs = Date.parse(closesAt)
    return (
      <span>
        Closes {waitInWords(closesMs - nowMs)} · <time dateTime={closesAt}>{localTime(closesMs, nowMs)}</time>
      </span>
    )
  }
  if (state === 'scheduled') {
    if (opensAt === null) return <span>Opens soon</span>
    const opensMs = Date.parse(opensAt)
    return (
      <span>
        Opens {waitInWords(opensMs - nowMs)} · <time dateTime={opensAt}>{localTime(opensMs, nowMs)}</time>
      </span>
    )
  }
  if (closesAt === null) return <span>Closed</span>
  return (
    <span>
      Closed <time dateTime={closesAt}>{localTime(Date.parse(closesAt), nowMs)}</time>
    </span>
  )
}
