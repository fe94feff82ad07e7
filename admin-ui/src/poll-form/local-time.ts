/** Turns what a date-and-time field holds, in the moderator's own zone, into an instant and back. */

/** The value of a `datetime-local` field for an instant; empty for none. */
export function fieldOf(instant: string | null): string {
  if (instant === null) return ''
  const at = new Date(instant)
  const two = (part: number) => String(part).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}`
}

/** The instant as ISO 8601; null for none; 'no-such-time' where the clocks jump over it. */
export function instantOf(field: string): string | null | 'no-such-time' {
  if (field === '') return null
  const at = new Date(field)
  if (Number.isNaN(at.getTime())) return 'no-such-time'
  // A time that the clocks skip in spring comes back as another one.
  const instant = at.toISOString()
  return fieldOf(instant) === field.slice(0, 16) ? instant : 'no-such-time'
}

/** The zone in words, such as `Europe/Berlin (GMT+2)`. */
export function zoneInWords(at: Date = new Date()): string {
  const format = new Intl.DateTimeFormat('en', { timeZoneName: 'shortOffset' })
  const offset = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const zone = format.resolvedOptions().timeZone
  return offset === '' || offset === zone ? zone : `${zone} (${offset})`
}
