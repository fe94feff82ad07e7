/** The votes of a poll by the minute. */
import { ColumnsChart } from './columns-chart.tsx'
import { columnsOf } from './columns.ts'
import type { Timeline } from './use-timeline.ts'

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })

export function TimelinePanel({ timeline }: { timeline: Timeline }) {
  return (
    <section className="panel timeline" aria-labelledby="timeline">
      <div className="panel-head">
        <h2 id="timeline">Votes per minute</h2>
      </div>
      <TimelineBody timeline={timeline} />
    </section>
  )
}

function TimelineBody({ timeline }: { timeline: Timeline }) {
  switch (timeline.at) {
    case 'loading':
      return <p className="panel-empty">Reading…</p>
    case 'failed':
      return (
        <p className="panel-empty">
          The minutes cannot be had right now. They are asked for again with the next votes.
        </p>
      )
    case 'shown': {
      const columns = columnsOf(timeline.minutes)
      return columns.length === 0 ? (
        <p className="panel-empty">The first vote begins the first column.</p>
      ) : (
        <ColumnsChart columns={columns} caption="Votes per minute" unit="Minute" sayTime={clock.format} />
      )
    }
    default:
      return timeline satisfies never
  }
}
