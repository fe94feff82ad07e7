/** Carries out what a moderator does to a poll, and says how it went. */
import { useMutation } from '@tanstack/react-query'
import { useCommands } from '../gateway/commands.ts'
import { useNotify } from '../notices/notices.tsx'
import type { PollParts } from '../polls/poll-parts.ts'
import type { LivePolls } from '../polls/use-polls.ts'
import type { Deed } from './deeds.ts'
import { sayRefusal } from './say-refusal.ts'

export interface PollCommands {
  /** What was asked for and not yet answered. */
  readonly underWay: Deed | null
  /** closesAt: ISO 8601; left out, a closing time that still lies ahead stays. */
  readonly open: (closesAt?: string) => void
  readonly reopen: (closesAt?: string) => void
  readonly extend: (closesAt: string) => void
  readonly close: () => void
  readonly reveal: () => void
  /** Ends the voting for good; the result is certified once nothing is missing. */
  readonly certify: () => void
  readonly archive: () => void
  readonly unarchive: () => void
  readonly duplicate: () => void
  readonly rehearse: () => void
  readonly remove: () => void
}

interface UsePollCommandsParts {
  readonly pollId: string
  readonly polls: Pick<LivePolls, 'learn' | 'forget'>
  readonly onDeleted: () => void
  readonly onDuplicated: (pollId: string) => void
}

export function usePollCommands(parts: UsePollCommandsParts): PollCommands {
  const { pollId, polls, onDeleted, onDuplicated } = parts
  const { admin } = useCommands()
  const notify = useNotify()
  const onError = (refusal: Parameters<typeof sayRefusal>[0]) => notify('bad', sayRefusal(refusal))
  const saying = (words: string) => ({
    onSuccess(poll: PollParts) {
      polls.learn(poll)
      notify('good', words)
    },
    onError,
  })

  const open = useMutation(
    admin.openPoll.mutationOptions(saying('The poll is open. Votes are counted from now on.')),
  )
  const reopen = useMutation(
    admin.openPoll.mutationOptions(saying('The poll is open again. New votes are added to the old ones.')),
  )
  const extend = useMutation(admin.updatePoll.mutationOptions(saying('The new closing time stands.')))
  const close = useMutation(
    admin.closePoll.mutationOptions(
      saying('The poll is closed. Votes that were accepted before are still being counted.'),
    ),
  )
  const reveal = useMutation(
    admin.revealPoll.mutationOptions(saying('The result is revealed: everyone sees it.')),
  )
  const certify = useMutation(
    admin.certifyPoll.mutationOptions(
      saying('Voting has ended for good. The result is certified once nothing is missing.'),
    ),
  )
  const archive = useMutation(
    admin.archivePoll.mutationOptions(saying('The poll is in the archive. Its address goes on working.')),
  )
  const unarchive = useMutation(admin.unarchivePoll.mutationOptions(saying('The poll is back in the list.')))
  const copying = (words: string) => ({
    onSuccess(poll: PollParts) {
      polls.learn(poll)
      notify('good', words)
      onDuplicated(poll.pollId)
    },
    onError,
  })
  const duplicate = useMutation(
    admin.duplicatePoll.mutationOptions(copying('This is the next round, a draft with the same rules.')),
  )
  const rehearse = useMutation(
    admin.duplicatePoll.mutationOptions(copying('This is the rehearsal, a draft with the same rules.')),
  )
  const remove = useMutation(
    admin.deletePoll.mutationOptions({
      onSuccess() {
        polls.forget(pollId)
        notify('good', 'The poll is deleted.')
        onDeleted()
      },
      onError,
    }),
  )

  const all: Record<Deed, { readonly isPending: boolean }> = {
    ...{ open, extend, close, reopen, reveal, certify },
    ...{ archive, unarchive, duplicate, rehearse, delete: remove },
  }
  const underWay = deeds.find((deed) => all[deed].isPending) ?? null
  return {
    underWay,
    open: (closesAt) => open.mutate({ pollId, ...(closesAt !== undefined && { closesAt }) }),
    reopen: (closesAt) => reopen.mutate({ pollId, ...(closesAt !== undefined && { closesAt }) }),
    extend: (closesAt) => extend.mutate({ pollId, closesAt }),
    close: () => close.mutate({ pollId }),
    reveal: () => reveal.mutate({ pollId }),
    certify: () => certify.mutate({ pollId }),
    archive: () => archive.mutate({ pollId }),
    unarchive: () => unarchive.mutate({ pollId }),
    duplicate: () => duplicate.mutate({ pollId }),
    rehearse: () => rehearse.mutate({ pollId, isRehearsal: true }),
    remove: () => remove.mutate({ pollId }),
  }
}

const deeds = [
  ...(['open', 'extend', 'close', 'reopen', 'reveal', 'certify'] as const),
  ...(['archive', 'unarchive', 'duplicate', 'rehearse', 'delete'] as const),
] satisfies readonly Deed[]
