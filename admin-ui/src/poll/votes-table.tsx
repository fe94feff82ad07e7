/** Options as rows: what each has received, its share, and a bar. */
import { wholeNumber } from '../polls/poll-row.tsx'

export interface VotesRow {
  readonly optionId: string
  readonly text: string
  readonly colour: string
  /** Null: not known yet. */
  readonly votes: number | null
  /** 0 to 1. */
  readonly part: number
  readonly share: string
  readonly leads: boolean
}

export function VotesTable({ rows, caption }: { rows: readonly VotesRow[]; caption: string }) {
  return (
    <table className="tally-table">
      <caption className="only-read">{caption}</caption>
      <thead className="only-read">
        <tr>
          <th scope="col">Option</th>
          <th scope="col">Votes</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ optionId, text, colour, votes, part, share, leads }) => (
          <tr key={optionId} className={leads ? 'is-leading' : undefined}>
            <th scope="row">
              <span className="swatch" style={{ background: colour }} />
              {text}
              {leads && <span className="only-read"> (leads)</span>}
            </th>
            <td className="figure">{votes === null ? '–' : wholeNumber.format(votes)}</td>
            <td className="figure tally-share">{share}</td>
            <td className="tally-bar" aria-hidden="true">
              <span style={{ transform: `scaleX(${part})`, background: colour }} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
