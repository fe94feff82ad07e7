/** The screen that makes a poll. */
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { useCommands } from '../gateway/commands.ts'
import { useNotify } from '../notices/notices.tsx'
import type { PollParts } from '../polls/poll-parts.ts'
import { Crumb } from '../room/crumb.tsx'
import { ScreenTitle } from '../room/screen-title.tsx'
import { emptyDraft } from './form-draft.ts'
import { PollForm } from './poll-form.tsx'
import { faultsOfRefusal } from './refusal-faults.ts'
import { whatMayChange } from './what-may-change.ts'

interface NewPollParts {
  readonly learn: (poll: PollParts) => void
  readonly clock: Pick<ServerClock, 'now'>
  readonly onDirty: (isDirty: boolean) => void
}

export function NewPoll({ learn, clock, onDirty }: NewPollParts) {
  const [, navigate] = useLocation()
  const notify = useNotify()
  const [start] = useState(() => emptyDraft())
  const create = useMutation(
    useCommands().admin.createPoll.mutationOptions({
      onSuccess(poll) {
        learn(poll)
        onDirty(false)
        notify(
          'good',
          poll.state === 'scheduled'
            ? 'The poll is scheduled: it opens by itself.'
            : 'The draft is saved. Open it when you are ready.',
        )
        navigate(`/polls/${poll.pollId}`)
      },
    }),
  )
  return (
    <>
      <Crumb />
      <ScreenTitle title="New poll" />
      <PollForm
        poll={null}
        start={start}
        may={whatMayChange('draft')}
        submit={create.isPending ? 'Creating…' : 'Create poll'}
        isSending={create.isPending}
        refused={create.error === null ? null : faultsOfRefusal(create.error)}
        clock={clock}
        cancelTo="/"
        onDirty={onDirty}
        onSubmit={(_draft, input) => create.mutate(input)}
      />
    </>
  )
}
