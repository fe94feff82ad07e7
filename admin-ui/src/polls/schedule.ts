/** A poll's times in short lines, in the viewer's zone and in the poll's. */
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

/** To the second, as a clock in that zone shows it, with the day. */
export function timeInZone(instant: string, timeZone: string): string {
  const format = new Intl.DateTimeFormat(undefined, {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' },
    timeZone,
  })
  return format.format(new Date(instant))
}

/** Whether clocks of that zone show something else than the viewer's own at this instant. */
export function differsHere(instant: string, timeZone: string): boolean {
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone
  return here !== timeZone && timeInZone(instant, timeZone) !== timeInZone(instant, here)
}

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
