/** Says every ten seconds how far a run is. */
import type { Progress } from './load/messages.ts'

const everyMs = 10_000

export function tellProgress(
  say: (line: string) => void,
  more: () => string = () => '',
): (progress: Progress) => void {
  let toldAt = performance.now()
  return ({ accepted, noRoom }) => {
    if (performance.now() - toldAt < everyMs) return
    toldAt = performance.now()
    const refused = noRoom > 0 ? `, ${noRoom} times refused for want of room` : ''
    say(`      ${accepted} votes accepted${more()}${refused}`)
  }
}
