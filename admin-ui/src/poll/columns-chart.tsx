/** Votes in spans of the same length, as columns and as a table for whoever cannot see them. */
import { wholeNumber } from '../polls/poll-row.tsx'
import type { Column } from './columns.ts'

interface ColumnsChartProps {
  readonly columns: readonly Column[]
  readonly caption: string
  /** What one column is. */
  readonly unit: 'Minute' | 'Hour'
  readonly sayTime: (ms: number) => string
}

export function ColumnsChart({ columns, caption, unit, sayTime }: ColumnsChartProps) {
  const most = Math.max(...columns.map(({ votes }) => votes))
  const [first, last] = [columns[0], columns.at(-1)]
  return (
    <figure className="columns">
      <p className="columns-most figure" aria-hidden="true">
        {wholeNumber.format(most)}
      </p>
      <div className="columns-plot" aria-hidden="true">
        {columns.map(({ atMs, votes, height }) => (
          <span key={atMs} className="column" title={`${sayTime(atMs)}: ${wholeNumber.format(votes)} votes`}>
            <span style={{ transform: `scaleY(${height})` }} />
          </span>
        ))}
      </div>
      <figcaption className="columns-ends" aria-hidden="true">
        <span>{first && sayTime(first.atMs)}</span>
        <span>{last && sayTime(last.atMs)}</span>
      </figcaption>
      <table className="only-read">
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">{unit}</th>
            <th scope="col">Votes</th>
          </tr>
        </thead>
        <tbody>
          {columns
            .filter(({ votes }) => votes > 0)
            .map(({ atMs, votes }) => (
              <tr key={atMs}>
                <th scope="row">{sayTime(atMs)}</th>
                <td>{wholeNumber.format(votes)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </figure>
  )
}
