/** Says that what is on the page is no longer live, and since when. */
import { clockWithSeconds } from '../polls/schedule.ts'
import type { PollList } from '../polls/known-polls.ts'

export function LineBanner({ list }: { list: PollList }) {
  const words =
    list.at === 'shown' && list.line.at === 'lost'
      ? `No line to the gateway since ${clockWithSeconds.format(list.line.since)}. You see what was known then; it connects again by itself.`
      : ''
  return (
    <div role="status" className="line-banner" hidden={words === ''}>
      <p>{words}</p>
    </div>
  )
}
