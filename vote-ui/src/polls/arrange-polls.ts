/** The list as a person reads it: what is open, what is coming, what is over. */
import type { PollParts } from './poll-parts.ts'

export interface ArrangedPolls {
  readonly open: readonly PollParts[]
  readonly coming: readonly PollParts[]
  readonly over: readonly PollParts[]
}

/** Open: the one that closes first is first. Coming: the next is first. Over: the newest is first. */
export function arrangePolls(polls: readonly PollParts[]): ArrangedPolls {
  const inState = (...states: readonly PollParts['state'][]) =>
    polls.filter(({ state }) => states.includes(state))
  const instant = (text: string | null, none: number) => (text === null ? none : Date.parse(text))
  return {
    open: inState('open').sort((a, b) => order(instant(a.closesAt, Infinity), instant(b.closesAt, Infinity))),
    coming: inState('scheduled').sort((a, b) =>
      order(instant(a.opensAt, Infinity), instant(b.opensAt, Infinity)),
    ),
    over: inState('closed', 'counting', 'certified').sort((a, b) =>
      order(instant(b.closesAt, 0), instant(a.closesAt, 0)),
    ),
  }
}

/** Infinity minus itself is no number, so no subtraction here. */
const order = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1)
