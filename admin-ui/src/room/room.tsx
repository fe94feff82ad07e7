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
import { useAsked } from '../polls/use-asked.ts'
import { useCounts } from '../polls/use-counts.ts'
import { usePolls } from '../polls/use-polls.ts'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { SignIn } from '../sign-in/sign-in.tsx'
import { LineBanner } from './line-banner.tsx'
import { NothingHere } from './nothing-here.tsx'
import { Rail } from './rail.tsx'
import { useLeaveGuard } from './use-leave-guard.ts'

interface RoomParts {
  readonly streams: Streams
  readonly ask: Ask
  readonly clock: ServerClock
  /** The token has not been admitted yet: the sign-in stays until the first frame. */
  readonly isNew: boolean
  readonly onAdmitted: () => void
  readonly onRefused: () => void
  readonly onLeave: () => void
}

export function Room({ streams, ask, clock, isNew, onAdmitted, onRefused, onLeave }: RoomParts) {
  const asked = useAsked()
  const polls = usePolls({ streams, asked, onRefused })
  const pipeline = usePipeline(streams)
  const guard = useLeaveGuard()
  const { list } = polls
  const isShown = list.at === 'shown'
  const counts = useCounts(ask, asked, isShown ? list.frame : 0)

  useEffect(() => {
    if (isNew && isShown) onAdmitted()
  }, [isNew, isShown, onAdmitted])

  if (isNew && !isShown) {
    const at = list.at === 'unreachable' ? 'waiting' : 'checking'
    return <SignIn state={{ at }} onToken={() => undefined} onCancel={onLeave} />
  }
  return (
    <Router base="/admin" aroundNav={guard.aroundNav}>
      <a className="skip" href="#content">
        Skip to the content
      </a>
      <div className="room">
        <Rail list={list} onAir={counts?.onAir ?? 0} onLeave={() => guard.before(onLeave)} />
        <div className="room-body">
          <PipelineStrip view={pipeline} />
          <LineBanner list={list} />
          <main id="content" className="content" tabIndex={-1}>
            <Switch>
              <Route path="/">
                <PollsScreen
                  list={list}
                  asked={asked}
                  counts={counts}
                  streams={streams}
                  ask={ask}
                  moment={pipeline.at === 'shown' ? pipeline.counts : 0}
                />
              </Route>
              <Route path="/polls/new">
                <NewPoll learn={polls.learn} clock={clock} onDirty={guard.setDirty} />
              </Route>
              <Route path="/polls/:pollId/edit">
                {({ pollId }) => (
                  <EditPoll
                    key={pollId}
                    pollId={pollId}
                    polls={polls}
                    streams={streams}
                    clock={clock}
                    onDirty={guard.setDirty}
                  />
                )}
              </Route>
              <Route path="/polls/:pollId">
                {({ pollId }) => (
                  <PollScreen
                    key={pollId}
                    pollId={pollId}
                    polls={polls}
                    streams={streams}
                    ask={ask}
                    clock={clock}
                  />
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
