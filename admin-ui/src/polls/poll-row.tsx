/** One poll as a line of the list. */
import { Link } from 'wouter'
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import { Marks } from './marks.tsx'
import { hasOpened, type PollParts } from './poll-parts.ts'
import { exactTime, scheduleInWords } from './schedule.ts'
import { StateBadge } from './state-badge.tsx'
import type { TallyFrame } from './use-tally.ts'

export const wholeNumber = new Intl.NumberFormat()

export function PollRow({ poll, tally }: { poll: PollParts; tally: TallyFrame | null }) {
  const times = [
    poll.opensAt === null ? null : `opens ${exactTime(poll.opensAt)}`,
    poll.closesAt === null ? null : `closes ${exactTime(poll.closesAt)}`,
  ].filter((time) => time !== null)
  const hasVotes = hasOpened(poll)
  return (
    <li className="poll-row">
      <StateBadge state={poll.state} />
      <div className="poll-row-what">
        <Link href={`/polls/${poll.pollId}`} className="poll-row-link">
          {poll.question}
        </Link>
        <span className="poll-row-slug">
          <Marks poll={poll} />
          /p/{poll.slug}
        </span>
      </div>
      <span className="poll-row-times" title={times.join(', ') || undefined}>
        {scheduleInWords(poll)}
      </span>
      <span className="poll-row-options">{poll.options.length} options</span>
      <div className="poll-row-votes">
        {hasVotes && tally !== null && (
          <>
            <span className="figure">{wholeNumber.format(tally.total ?? 0)}</span>{' '}
            <span className="unit">{tally.total === 1 ? 'vote' : 'votes'}</span>
            {tally.shows === 'counts' && <ShareLine poll={poll} tally={tally} />}
          </>
        )}
        {hasVotes && tally === null && <span className="unit">…</span>}
        {!hasVotes && <span className="unit">no votes yet</span>}
      </div>
    </li>
  )
}

/** How the votes are split, at a glance; the numbers are on the poll's own page. */
function ShareLine({ poll, tally }: { poll: PollParts; tally: TallyFrame }) {
  return (
    <span className="share-line" aria-hidden="true">
      {poll.options.map(({ optionId, colour }, place) => {
        const votes = tally.options.find((option) => option.optionId === optionId)?.votes ?? 0
        return votes === 0 ? null : (
          <span key={optionId} style={{ flexGrow: votes, background: optionColour(colour, place) }} />
        )
      })}
    </span>
  )
}
