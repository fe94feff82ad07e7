/** Spans of time in words and as a countdown. */

const unitsOf = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const

/** In the largest unit that has no remainder: 90 is `90 seconds`, 60 is `minute`, 7200 is `2 hours`. */
export function longestUnit(seconds: number): string {
  const [name, size] = unitsOf.find(([, its]) => seconds % its === 0) ?? (['second', 1] as const)
  const count = seconds / size
  return count === 1 ? name : `${count} ${name}s`
}

/** `4:07`, `1:00:00`, `2 d 03:00:00`; never below zero. Rounded up: a countdown ends when its time is over. */
export function countdownText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  const two = (part: number) => String(part).padStart(2, '0')
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600) % 24]
  const [minutes, rest] = [Math.floor(seconds / 60) % 60, seconds % 60]
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}:${two(rest)}`
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}
