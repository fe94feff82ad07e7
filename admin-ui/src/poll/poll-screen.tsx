/** One poll: what it is, what can be done to it, and how its votes stand. */
import { useLocation } from 'wouter'
import type { Ask } from '../gateway/ask.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { StateBadge } from '../polls/state-badge.tsx'
import type { LivePolls } from '../polls/use-polls.ts'
import { useTally } from '../polls/use-tally.ts'
import { Crumb } from '../room/crumb.tsx'
import { NothingHere } from '../room/nothing-here.tsx'
import { ScreenTitle } from '../room/screen-title.tsx'
import { Waiting } from '../room/waiting.tsx'
import { PollActions } from './poll-actions.tsx'
import { PollFacts } from './poll-facts.tsx'
import { TallyPanel } from './tally-panel.tsx'
import { TimelinePanel } from './timeline-panel.tsx'
import { usePollCommands } from './use-poll-commands.ts'
import { useTimeline } from './use-timeline.ts'

interface PollScreenParts {
  readonly pollId: string
  readonly polls: LivePolls
  readonly streams: Streams
  readonly ask: Ask
}

export function PollScreen({ pollId, polls, streams, ask }: PollScreenParts) {
  const { known } = polls
  if (known.at !== 'shown') return <Waiting title="Poll" at={known.at} />
  const poll = known.polls.find((one) => one.pollId === pollId)
  if (poll === undefined) {
    return (
      <NothingHere title="No such poll">
        It may have been deleted, or the address is not complete.
      </NothingHere>
    )
  }
  return <ShownPoll poll={poll} polls={polls} streams={streams} ask={ask} />
}

function ShownPoll({
  poll,
  polls,
  streams,
  ask,
}: Omit<PollScreenParts, 'pollId'> & { readonly poll: PollParts }) {
  const { pollId } = poll
  const [, navigate] = useLocation()
  const { tally, line } = useTally(streams, pollId)
  const timeline = useTimeline(ask, pollId, tally?.version ?? null)
  const commands = usePollCommands({ pollId, polls, onDeleted: () => navigate('/') })
  return (
    <article className="poll">
      <Crumb />
      <div className="poll-head">
        <div className="poll-title">
          <StateBadge state={poll.state} />
          <ScreenTitle title={poll.question} />
          {poll.description !== '' && <p className="poll-description">{poll.description}</p>}
        </div>
        <PollActions poll={poll} votes={tally?.total ?? null} commands={commands} />
      </div>
      <div className="poll-panels">
        <div className="poll-votes">
          <TallyPanel poll={poll} tally={tally} line={line} />
          <TimelinePanel timeline={timeline} />
        </div>
        <PollFacts poll={poll} />
      </div>
    </article>
  )
}
