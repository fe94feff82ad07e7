/** What a moderator can do to a poll, and what each command answers. */
import type { CallRefusal } from '../../contracts/refusals.ts'
import type { CreatePoll, DuplicatePoll, OpenPoll, PollRecord, UpdatePoll } from '../../contracts/poll.ts'

/** A refused command says why, in its own words where `detail` has some (`field: why`), and has changed nothing. */
export type CommandResult =
  | { readonly done: true; readonly poll: PollRecord }
  | { readonly done: false; readonly reason: CallRefusal; readonly detail?: string }

export interface PollCommands {
  readonly create: (poll: CreatePoll) => Promise<CommandResult>
  readonly update: (change: UpdatePoll) => Promise<CommandResult>
  /** Now. A poll that is closed is opened again, unless its embargo was lifted or its result is certified. */
  readonly open: (asked: OpenPoll) => Promise<CommandResult>
  /** Now, without grace, also before the time that was set. */
  readonly close: (pollId: string) => Promise<CommandResult>
  /** Has its result certified: a closed poll is counted now, and never opened again. */
  readonly certify: (pollId: string) => Promise<CommandResult>
  /** Lifts the embargo of a poll that is over. */
  readonly reveal: (pollId: string) => Promise<CommandResult>
  /** Takes a poll that is not open out of all lists; its address goes on working. */
  readonly archive: (pollId: string) => Promise<CommandResult>
  readonly unarchive: (pollId: string) => Promise<CommandResult>
  /** Makes a draft with the same texts, options and rules: the next round, or a rehearsal. */
  readonly duplicate: (asked: DuplicatePoll) => Promise<CommandResult>
  /** Only a poll in which nobody has voted. */
  readonly remove: (pollId: string) => Promise<CommandResult>
}
