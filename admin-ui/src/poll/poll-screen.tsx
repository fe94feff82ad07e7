/** One poll: what it is, what can be done to it, and how its votes stand. */
import { useLocation } from 'wouter'
import { BooksPanel } from '../books/books-panel.tsx'
import { useBooks } from '../books/use-books.ts'
import { CertificationPanel } from '../certification/certification-panel.tsx'
import { useCertification } from '../certification/use-certification.ts'
import type { Ask } from '../gateway/ask.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { Marks } from '../polls/marks.tsx'
import { hasOpened, isOver, type PollParts } from '../polls/poll-parts.ts'
import { StateBadge } from '../polls/state-badge.tsx'
import { usePoll } from '../polls/use-poll.ts'
import type { LivePolls } from '../polls/use-polls.ts'
import { useTally } from '../polls/use-tally.ts'
import { ReportPanel } from '../report/report-panel.tsx'
import { useReport } from '../report/use-report.ts'
import { Crumb } from '../room/crumb.tsx'
import { NothingHere } from '../room/nothing-here.tsx'
import { ScreenTitle } from '../room/screen-title.tsx'
import { Waiting } from '../room/waiting.tsx'
import { MorePanel } from './more-panel.tsx'
import { PollActions } from './poll-actions.tsx'
import { PollFacts } from './poll-facts.tsx'
import { SchedulePanel } from './schedule-panel.tsx'
import { TimelinePanel } from './timeline-panel.tsx'
import { usePollCommands, type PollCommands } from './use-poll-commands.ts'
import { useTimeline } from './use-timeline.ts'
import { VotesPanels } from './votes-panels.tsx'

interface PollScreenParts {
  readonly pollId: string
  readonly polls: LivePolls
  readonly streams: Streams
  readonly ask: Ask
  readonly clock: ServerClock
}

export function PollScreen({ pollId, polls, streams, ask, clock }: PollScreenParts) {
  const known = usePoll(streams, pollId, polls)
  switch (known.at) {
    case 'loading':
    case 'unreachable':
      return <Waiting title="Poll" at={known.at} />
    case 'gone':
      return (
        <NothingHere title="No such poll">
          It may have been deleted, or the address is not complete.
        </NothingHere>
      )
    case 'shown':
      return <ShownPoll poll={known.poll} polls={polls} streams={streams} ask={ask} clock={clock} />
    default:
      return known satisfies never
  }
}

type ShownPollParts = Omit<PollScreenParts, 'pollId'> & { readonly poll: PollParts }

function ShownPoll({ poll, polls, streams, ask, clock }: ShownPollParts) {
  const { pollId } = poll
  const [, navigate] = useLocation()
  const { tally, line } = useTally(streams, pollId)
  const timeline = useTimeline(ask, pollId, tally?.version ?? null)
  const commands = usePollCommands({
    ...{ pollId, polls },
    onDeleted: () => navigate('/'),
    onDuplicated: (copyId) => navigate(`/polls/${copyId}`),
  })
  const votes = tally?.total ?? null
  return (
    <article className={poll.isRehearsal ? 'poll is-rehearsal' : 'poll'}>
      <Crumb />
      {poll.isRehearsal && (
        <p className="rehearsal-band">
          <b>Rehearsal.</b> Its votes take the whole way and count for nothing.
        </p>
      )}
      <div className="poll-head">
        <div className="poll-title">
          <p className="poll-marks">
            <StateBadge state={poll.state} /> <Marks poll={poll} />
          </p>
          <ScreenTitle title={poll.question} />
          {poll.description !== '' && <p className="poll-description">{poll.description}</p>}
        </div>
        <PollActions poll={poll} votes={votes} clock={clock} commands={commands} />
      </div>
      <div className="poll-panels">
        <div className="poll-votes">
          <VotesPanels poll={poll} tally={tally} line={line} />
          <TimelinePanel timeline={timeline} />
          {hasOpened(poll) && (
            <>
              <Books ask={ask} poll={poll} clock={clock} />
              {!isSecret(poll) && <Report ask={ask} poll={poll} />}
            </>
          )}
        </div>
        <div className="poll-side">
          {isOver(poll) && <Certification ask={ask} poll={poll} commands={commands} clock={clock} />}
          <SchedulePanel poll={poll} clock={clock} commands={commands} />
          <PollFacts poll={poll} />
          <MorePanel poll={poll} votes={votes} commands={commands} />
        </div>
      </div>
    </article>
  )
}

/** Under embargo not even this room sees what was voted for. */
const isSecret = ({ visibility, revealedAt }: PollParts) => visibility === 'embargo' && revealedAt === null

// Each asks for itself, and only where it is shown.
type PanelParts = Pick<ShownPollParts, 'ask' | 'poll'>

function Books({ ask, poll, clock }: PanelParts & Pick<ShownPollParts, 'clock'>) {
  const books = useBooks(ask, poll.pollId)
  return <BooksPanel books={books} isClosed={poll.state === 'certified'} clock={clock} />
}

function Report({ ask, poll }: PanelParts) {
  return <ReportPanel report={useReport(ask, poll.pollId, isOver(poll))} poll={poll} />
}

function Certification({
  ask,
  poll,
  ...rest
}: PanelParts & Pick<ShownPollParts, 'clock'> & { readonly commands: PollCommands }) {
  return <CertificationPanel poll={poll} certification={useCertification(ask, poll)} {...rest} />
}
