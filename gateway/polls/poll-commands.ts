/** What a moderator can do to a poll, and what each command answers. */
import type { CallRefusal } from '../../contracts/refusals.ts'
import type { CreatePoll, PollRecord, UpdatePoll } from '../../contracts/poll.ts'

/** A refused command says why and has changed nothing. */
export type CommandResult =
  { readonly done: true; readonly poll: PollRecord } | { readonly done: false; readonly reason: CallRefusal }

export interface PollCommands {
  readonly create: (poll: CreatePoll) => Promise<CommandResult>
  readonly update: (change: UpdatePoll) => Promise<CommandResult>
  readonly open: (pollId: string) => Promise<CommandResult>
  readonly close: (pollId: string) => Promise<CommandResult>
  readonly remove: (pollId: string) => Promise<CommandResult>
}
