/** The votes of a poll by the minute, as columns and as a table for whoever cannot see them. */
import { wholeNumber } from '../polls/poll-row.tsx'
import { columnsOf, type Column } from './columns.ts'
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
        <Columns columns={columns} />
      )
    }
    default:
      return timeline satisfies never
  }
}

function Columns({ columns }: { columns: readonly Column[] }) {
  const most = Math.max(...columns.map(({ votes }) => votes))
  const [first, last] = [columns[0], columns.at(-1)]
  return (
    <figure className="columns">
      <p className="columns-most figure" aria-hidden="true">
        {wholeNumber.format(most)}
      </p>
      <div className="columns-plot" aria-hidden="true">
        {columns.map(({ atMs, votes, height }) => (
          <span
            key={atMs}
            className="column"
            title={`${clock.format(atMs)}: ${wholeNumber.format(votes)} votes`}
          >
            <span style={{ transform: `scaleY(${height})` }} />
          </span>
        ))}
      </div>
      <figcaption className="columns-ends" aria-hidden="true">
        <span>{first && clock.format(first.atMs)}</span>
        <span>{last && clock.format(last.atMs)}</span>
      </figcaption>
      <table className="only-read">
        <caption>Votes per minute</caption>
        <thead>
          <tr>
            <th scope="col">Minute</th>
            <th scope="col">Votes</th>
          </tr>
        </thead>
        <tbody>
          {columns
            .filter(({ votes }) => votes > 0)
            .map(({ atMs, votes }) => (
              <tr key={atMs}>
                <th scope="row">{clock.format(atMs)}</th>
                <td>{wholeNumber.format(votes)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  )
}
