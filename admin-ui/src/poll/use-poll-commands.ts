/** Opens, closes and deletes a poll, and says how it went. */
import { useMutation } from '@tanstack/react-query'
import { useCommands } from '../gateway/commands.ts'
import { useNotify } from '../notices/notices.tsx'
import type { LivePolls } from '../polls/use-polls.ts'
import { sayRefusal } from './say-refusal.ts'

export type UnderWay = 'opening' | 'closing' | 'deleting'

export interface PollCommands {
  /** What was asked for and not yet answered. */
  readonly underWay: UnderWay | null
  readonly open: () => void
  readonly close: () => void
  readonly remove: () => void
}

interface UsePollCommandsParts {
  readonly pollId: string
  readonly polls: LivePolls
  readonly onDeleted: () => void
}

export function usePollCommands({ pollId, polls, onDeleted }: UsePollCommandsParts): PollCommands {
  const commands = useCommands()
  const notify = useNotify()
  const open = useMutation(
    commands.admin.openPoll.mutationOptions({
      onSuccess(poll) {
        polls.learn(poll)
        notify('good', 'The poll is open. Votes are counted from now on.')
      },
      onError: (refusal) => notify('bad', sayRefusal(refusal)),
    }),
  )
  const close = useMutation(
    commands.admin.closePoll.mutationOptions({
      onSuccess(poll) {
        polls.learn(poll)
        notify('good', 'The poll is closed. Votes that were accepted before are still being counted.')
      },
      onError: (refusal) => notify('bad', sayRefusal(refusal)),
    }),
  )
  const remove = useMutation(
    commands.admin.deletePoll.mutationOptions({
      onSuccess() {
        polls.forget(pollId)
        notify('good', 'The poll is deleted.')
        onDeleted()
      },
      onError: (refusal) => notify('bad', sayRefusal(refusal)),
    }),
  )
  const underWay = open.isPending
    ? 'opening'
    : close.isPending
      ? 'closing'
      : remove.isPending
        ? 'deleting'
        : null
  return {
    underWay,
    open: () => open.mutate({ pollId }),
    close: () => close.mutate({ pollId }),
    remove: () => remove.mutate({ pollId }),
  }
}
