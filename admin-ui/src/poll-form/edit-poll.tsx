/** The screen that changes a poll. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { useCommands } from '../gateway/commands.ts'
import { useNotify } from '../notices/notices.tsx'
import { whatAgainst } from '../poll/deeds.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { usePoll } from '../polls/use-poll.ts'
import type { LivePolls } from '../polls/use-polls.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { Crumb } from '../room/crumb.tsx'
import { NothingHere } from '../room/nothing-here.tsx'
import { ScreenTitle } from '../room/screen-title.tsx'
import { Waiting } from '../room/waiting.tsx'
import { changesOf } from './changes-of.ts'
import { draftOf } from './form-draft.ts'
import { PollForm } from './poll-form.tsx'
import { faultsOfRefusal } from './refusal-faults.ts'
import { whatMayChange } from './what-may-change.ts'

interface EditPollParts {
  readonly pollId: string
  readonly polls: LivePolls
  readonly streams: Streams
  readonly clock: Pick<ServerClock, 'now'>
  readonly onDirty: (isDirty: boolean) => void
}

export function EditPoll({ pollId, polls, streams, clock, onDirty }: EditPollParts) {
  const known = usePoll(streams, pollId, polls)
  switch (known.at) {
    case 'loading':
    case 'unreachable':
      return <Waiting title="Edit poll" at={known.at} />
    case 'gone':
      return (
        <NothingHere title="No such poll">It may have been deleted while you were on the way.</NothingHere>
      )
    case 'shown':
      return <ShownForm poll={known.poll} learn={polls.learn} clock={clock} onDirty={onDirty} />
    default:
      return known satisfies never
  }
}

interface ShownFormParts {
  readonly poll: PollParts
  readonly learn: (poll: PollParts) => void
  readonly clock: Pick<ServerClock, 'now'>
  readonly onDirty: (isDirty: boolean) => void
}

function ShownForm({ poll, learn, clock, onDirty }: ShownFormParts) {
  const [, navigate] = useLocation()
  const notify = useNotify()
  // The form keeps what it began with: what others change meanwhile is told, not typed over.
  const [begun, begin] = useState(poll)
  const page = `/polls/${poll.pollId}`
  const update = useMutation(
    useCommands().admin.updatePoll.mutationOptions({
      onSuccess(changed) {
        learn(changed)
        onDirty(false)
        notify('good', 'The changes are saved.')
        navigate(page)
      },
    }),
  )
  // Who was editing while somebody archived it keeps what is typed: the server says why it cannot be saved.
  const against = whatAgainst('edit', poll, null)
  if (typeof against === 'string' && begun.archivedAt !== null)
    return (
      <>
        <Crumb to={page} words="Back to the poll" />
        <ScreenTitle title="Edit poll" />
        <p className="form-note">{against}</p>
      </>
    )
  const isElsewhere = poll.version !== begun.version && !update.isSuccess
  return (
    <>
      <Crumb to={page} words="Back to the poll" />
      <ScreenTitle title="Edit poll" />
      {isElsewhere && (
        <div className="form-note is-warning" role="status">
          <p>This poll was changed while you edit it. Saving writes your changes over the new version.</p>
          <button type="button" className="button" onClick={() => begin(poll)}>
            Take the new version
          </button>
        </div>
      )}
      <PollForm
        key={begun.version}
        poll={poll}
        start={draftOf(begun)}
        may={whatMayChange(poll.state)}
        submit={update.isPending ? 'Saving…' : 'Save changes'}
        isSending={update.isPending}
        refused={update.error === null ? null : faultsOfRefusal(update.error)}
        clock={clock}
        cancelTo={page}
        onDirty={onDirty}
        onSubmit={(draft, input) => update.mutate(changesOf({ ...begun, state: poll.state }, draft, input))}
      />
    </>
  )
}
