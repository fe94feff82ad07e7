/** A poll's times in one short line. */
import type { PollParts } from './poll-parts.ts'

const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' })

export const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Today's times without the day. */
export function shortTime(instant: string, now: Date = new Date()): string {
  const at = new Date(instant)
  const isToday = at.toDateString() === now.toDateString()
  return isToday ? clock.format(at) : `${day.format(at)}, ${clock.format(at)}`
}

export const exactTime = (instant: string): string => exact.format(new Date(instant))

export function scheduleInWords(poll: Pick<PollParts, 'state' | 'opensAt' | 'closesAt'>): string {
  const { state, opensAt, closesAt } = poll
  switch (state) {
    case 'draft':
      return closesAt === null ? 'not scheduled' : `opens by hand, closes ${shortTime(closesAt)}`
    case 'scheduled': {
      const opens = opensAt === null ? 'opens by hand' : `opens ${shortTime(opensAt)}`
      return closesAt === null ? opens : `${opens}, closes ${shortTime(closesAt)}`
    }
    case 'open':
      return closesAt === null ? 'closes by hand' : `closes ${shortTime(closesAt)}`
    case 'closed':
    case 'counting':
    case 'certified':
      return closesAt === null ? 'closed' : `closed ${shortTime(closesAt)}`
    default:
      return state satisfies never
  }
}
