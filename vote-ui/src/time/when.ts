/** Instants and waits in words: clock times in the viewer's locale and zone, waits in the page's own language. */

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: 'numeric',
  minute: '2-digit',
  second: '2-digit',
})
const weekdayAndClock = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  hour: 'numeric',
  minute: '2-digit',
})
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: 'numeric',
  minute: '2-digit',
})

/** To the second, with the date if it was not today. */
export function exactTime(atMs: number, nowMs: number = Date.now()): string {
  const sameDay = new Date(atMs).toDateString() === new Date(nowMs).toDateString()
  return (sameDay ? clockWithSeconds : dayAndClock).format(atMs)
}

/** The clock alone on the same day, with the weekday within six days, else with the date. */
export function localTime(atMs: number, nowMs: number): string {
  if (new Date(atMs).toDateString() === new Date(nowMs).toDateString()) return clock.format(atMs)
  return (Math.abs(atMs - nowMs) < 6 * dayMs ? weekdayAndClock : dayAndClock).format(atMs)
}

/** From when on something is possible: rounded up to the minute or the second, never told before it is. */
export function timeFrom(atMs: number, nowMs: number, to: 'minute' | 'second'): string {
  if (to === 'second') return clockWithSeconds.format(Math.ceil(atMs / 1000) * 1000)
  return localTime(Math.ceil(atMs / minuteMs) * minuteMs, nowMs)
}

/** "in 3 h", "in 12 min", "in a moment"; rounded up, so that nobody comes too late by our word. */
export function waitInWords(ms: number): string {
  if (ms <= 0) return 'any moment now'
  if (ms < minuteMs) return 'in less than a minute'
  if (ms < hourMs) return `in ${Math.ceil(ms / minuteMs)} min`
  if (ms < 2 * dayMs) return `in ${Math.round(ms / hourMs)} h`
  return `in ${Math.round(ms / dayMs)} days`
}

const calmStepS = 5

/** "in a moment", "in about 15 s": a wait that nobody can shorten, told without haste. */
export function calmWait(ms: number): string {
  const steps = Math.ceil(ms / 1000 / calmStepS)
  return steps <= 1 ? 'in a moment' : `in about ${steps * calmStepS} s`
}

/** "in 42 s", "in 3:05", "at 21:04": what fits into a button. */
export function waitOnClock(atMs: number, nowMs: number): string {
  const seconds = Math.max(1, Math.ceil((atMs - nowMs) / 1000))
  if (seconds < 60) return `in ${seconds} s`
  if (seconds < 3_600) return `in ${minutesAndSeconds(seconds)}`
  return `at ${timeFrom(atMs, nowMs, 'minute')}`
}

/** 185 is 3:05. */
export const minutesAndSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`

/** The parts of a countdown, the largest first, without leading nothings: [days,] [hours,] minutes, seconds. */
export function countdown(ms: number): { readonly unit: string; readonly value: string }[] {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const parts = [
    { unit: 'days', value: Math.floor(seconds / 86_400) },
    { unit: 'hours', value: Math.floor(seconds / 3_600) % 24 },
    { unit: 'min', value: Math.floor(seconds / 60) % 60 },
    { unit: 'sec', value: seconds % 60 },
  ]
  const first = parts.slice(0, 2).findIndex(({ value }) => value > 0)
  return parts
    .slice(first === -1 ? 2 : first)
    .map(({ unit, value }) => ({ unit, value: String(value).padStart(2, '0') }))
}
