/** One poll in the list, as a link to its page. */
import { useMemo } from 'react'
import { Link } from 'wouter'
import { optionColour } from '../brand/option-colour.ts'
import { boxesOf, takesSeveral } from '../cast/boxes.ts'
import type { Castings } from '../cast/castings.ts'
import { useVotedIn } from '../cast/use-casting.ts'
import { localTime, waitInWords } from '../time/when.ts'
import { hiddenWords } from '../results/hidden-words.ts'
import type { PollParts } from './poll-parts.ts'

interface PollCardParts {
  readonly poll: PollParts
  readonly castings: Castings
  readonly nowMs: number
}

export function PollCard({ poll, castings, nowMs }: PollCardParts) {
  const boxes = useMemo(() => boxesOf(poll), [poll])
  const voted = useVotedIn(castings, boxes).size > 0
  return (
    <Link href={`/p/${poll.slug}`} className="poll-card" data-state={poll.state}>
      <span className="poll-card-colours" aria-hidden="true">
        {poll.options.slice(0, 8).map(({ optionId, colour }, index) => (
          <span key={optionId} style={{ background: optionColour(colour, index) }} />
        ))}
      </span>
      <span className="poll-card-question" dir="auto">
        {poll.question}
      </span>
      <span className="poll-card-foot">
        <When poll={poll} nowMs={nowMs} />
        {poll.isRehearsal && <span className="badge badge-rehearsal">Rehearsal</span>}
        {voted && <span className="badge badge-good">You voted</span>}
        <span className="poll-card-go">{goWord(poll, voted)}</span>
      </span>
    </Link>
  )
}

function goWord(poll: PollParts, voted: boolean): string {
  if (poll.state === 'scheduled') return 'Look ahead'
  const mayVote = poll.boxes.length > 1 || poll.boxes.some(({ limit }) => takesSeveral(limit))
  if (poll.state === 'open' && (!voted || mayVote)) return voted ? 'Vote again' : 'Vote now'
  if (hiddenWords(poll, voted, 0) === null) return 'See the result'
  return voted ? 'See your vote' : 'Result to come'
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
