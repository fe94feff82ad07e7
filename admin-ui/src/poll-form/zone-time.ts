/** Turns what a date-and-time field holds, as a clock in some time zone shows it, into an instant and back. */

const formats = new Map<string, Intl.DateTimeFormat>()

/** The wall clock of that zone at that instant, as if it were UTC: epoch ms, to the second. */
function wallMs(ms: number, zone: string): number {
  let format = formats.get(zone)
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-u-hc-h23', {
      ...{ year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
      timeZone: zone,
    })
    formats.set(zone, format)
  }
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/** The value of a `datetime-local` field for an instant; empty for none. */
export function fieldOf(instant: string | null, zone: string, to: 'minutes' | 'seconds' = 'minutes'): string {
  if (instant === null) return ''
  const wall = new Date(wallMs(Date.parse(instant), zone)).toISOString()
  return wall.slice(0, to === 'minutes' ? 16 : 19)
}

/**
 * The instant as ISO 8601; null for none; 'no-such-time' where the clocks jump over it. Where they are set back and
 * show it twice, the first, or the second where the first is not later than `afterMs`.
 */
export function instantOf(field: string, zone: string, afterMs = -Infinity): string | null | 'no-such-time' {
  if (field === '') return null
  const wall = Date.parse(`${field}Z`)
  if (Number.isNaN(wall)) return 'no-such-time'
  // The offsets of a day before and after: one of them is the right one, at a change of clocks perhaps both.
  const dayMs = 24 * 60 * 60 * 1000
  const offsets = [wall - dayMs, wall + dayMs].map((ms) => wallMs(ms, zone) - ms)
  const fitting = offsets.map((offset) => wall - offset).filter((ms) => wallMs(ms, zone) === wall)
  if (fitting.length === 0) return 'no-such-time'
  const later = fitting.filter((ms) => ms > afterMs)
  return new Date(Math.min(...(later.length === 0 ? fitting : later))).toISOString()
}

/** The zone of this browser; a browser that does not know it says so by a name that no zone has. */
export function ownZone(): string {
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone
  return zone === 'Etc/Unknown' ? 'UTC' : zone
}

/** Such as `GMT+2`. */
export function offsetInWords(zone: string, at: Date = new Date()): string {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' })
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
}

/** The zone in words, such as `Europe/Berlin (GMT+2)`. */
export function zoneInWords(zone: string, at: Date = new Date()): string {
  if (zone === 'UTC') return zone
  const offset = offsetInWords(zone, at)
  const name = zone.replaceAll('_', ' ')
  return offset === '' || offset === zone ? name : `${name} (${offset})`
}
