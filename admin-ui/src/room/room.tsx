/** The room of a moderator: follows polls and pipeline for every screen, and shows the one that the address names. */
import { useEffect } from 'react'
import { Route, Router, Switch } from 'wouter'
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx'
import type { Ask } from '../gateway/ask.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { PipelineScreen } from '../pipeline/pipeline-screen.tsx'
import { PipelineStrip } from '../pipeline/pipeline-strip.tsx'
import { usePipeline } from '../pipeline/use-pipeline.ts'
import { EditPoll } from '../poll-form/edit-poll.tsx'
import { NewPoll } from '../poll-form/new-poll.tsx'
import { PollScreen } from '../poll/poll-screen.tsx'
import { PollsScreen } from '../polls/polls-screen.tsx'
import { usePolls } from '../polls/use-polls.ts'
import { SignIn } from '../sign-in/sign-in.tsx'
import { LineBanner } from './line-banner.tsx'
import { NothingHere } from './nothing-here.tsx'
import { Rail } from './rail.tsx'
import { useLeaveGuard } from './use-leave-guard.ts'

interface RoomParts {
  readonly streams: Streams
  readonly ask: Ask
  /** The token has not been admitted yet: the sign-in stays until the first frame. */
  readonly isNew: boolean
  readonly onAdmitted: () => void
  readonly onRefused: () => void
  readonly onLeave: () => void
}

export function Room({ streams, ask, isNew, onAdmitted, onRefused, onLeave }: RoomParts) {
  const polls = usePolls({ streams, onRefused })
  const pipeline = usePipeline(streams)
  const guard = useLeaveGuard()
  const { known } = polls
  const isShown = known.at === 'shown'

  useEffect(() => {
    if (isNew && isShown) onAdmitted()
  }, [isNew, isShown, onAdmitted])

  if (isNew && !isShown) {
    const at = known.at === 'unreachable' ? 'waiting' : 'checking'
    return <SignIn state={{ at }} onToken={() => undefined} onCancel={onLeave} />
  }
  return (
    <Router base="/admin" aroundNav={guard.aroundNav}>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div className="room">
        <Rail known={known} onLeave={() => guard.before(onLeave)} />
        <div className="room-body">
          <PipelineStrip view={pipeline} />
          <LineBanner known={known} />
          <main id="content" className="content" tabIndex={-1}>
            <Switch>
              <Route path="/">
                <PollsScreen
                  known={known}
                  streams={streams}
                  ask={ask}
                  counts={pipeline.at === 'shown' ? pipeline.counts : 0}
                />
              </Route>
              <Route path="/polls/new">
                <NewPoll learn={polls.learn} onDirty={guard.setDirty} />
              </Route>
              <Route path="/polls/:pollId/edit">
                {({ pollId }) => (
                  <EditPoll key={pollId} pollId={pollId} polls={polls} onDirty={guard.setDirty} />
                )}
              </Route>
              <Route path="/polls/:pollId">
                {({ pollId }) => (
                  <PollScreen key={pollId} pollId={pollId} polls={polls} streams={streams} ask={ask} />
                )}
              </Route>
              <Route path="/pipeline">
                <PipelineScreen view={pipeline} />
              </Route>
              <Route>
                <NothingHere title="Nothing at this address">
                  The address may be mistyped, or belongs to a screen that is no more.
                </NothingHere>
              </Route>
            </Switch>
          </main>
        </div>
      </div>
      {guard.isAsking && (
        <ConfirmDialog
          title="Leave without saving?"
          confirm="Discard changes"
          cancel="Keep editing"
          tone="danger"
          onConfirm={guard.discard}
          onCancel={guard.stay}
        >
          <p>What you changed in this form has not been saved and would be gone.</p>
        </ConfirmDialog>
      )}
    </Router>
  )
}
