/** A closing time while it is chosen: the instant is kept beside its field, which may show the same for two instants. */
import { fieldOf, instantOf } from '../poll-form/zone-time.ts'
import { isOver, type PollParts } from '../polls/poll-parts.ts'

export interface ChosenTime {
  /** As the clocks of the poll's zone show it. */
  readonly field: string
  /** ISO 8601; null: none. */
  readonly instant: string | null | 'no-such-time'
}

/**
 * The closing time that stands and lies ahead. That of a poll which is over never does, though our guess of the
 * server's clock may say so within the second in which it was closed.
 */
export function standingTime(
  poll: Pick<PollParts, 'state' | 'closesAt' | 'timeZone'>,
  nowMs: number,
): ChosenTime {
  const { closesAt, timeZone } = poll
  const isAhead = !isOver(poll) && closesAt !== null && Date.parse(closesAt) > nowMs
  return chosen(isAhead ? closesAt : null, timeZone)
}

/** So long from now, to the second that the field shows. */
export const timeFromNow = (spanMs: number, timeZone: string, nowMs: number): ChosenTime =>
  chosen(new Date(Math.floor((nowMs + spanMs) / 1_000) * 1_000).toISOString(), timeZone)

/** Of a time that comes twice, the one that is not over. */
export const typedTime = (field: string, timeZone: string, nowMs: number): ChosenTime => ({
  field,
  instant: instantOf(field, timeZone, nowMs),
})

/** What would be sent, or what is wrong with it. */
export function judgeTime(
  { instant }: ChosenTime,
  { isOptional, nowMs }: { isOptional: boolean; nowMs: number },
): { readonly closesAt: string | null } | { readonly fault: string } {
  if (instant === null && !isOptional) return { fault: 'Choose a time.' }
  if (instant === 'no-such-time')
    return { fault: 'The clocks jump over this time on that day: choose another.' }
  if (instant !== null && Date.parse(instant) <= nowMs) return { fault: 'This time is over.' }
  return { closesAt: instant }
}

const chosen = (instant: string | null, timeZone: string): ChosenTime => ({
  field: fieldOf(instant, timeZone, 'seconds'),
  instant,
})
