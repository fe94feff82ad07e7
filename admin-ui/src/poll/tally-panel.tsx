/** The votes of a poll as exact counts and bars, while they grow. */
import type { Line } from '../../../contracts/live.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { clockWithSeconds } from '../polls/schedule.ts'
import type { TallyFrame } from '../polls/use-tally.ts'
import { tallyRows } from './tally-rows.ts'

const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})

interface TallyPanelParts {
  readonly poll: PollParts
  readonly tally: TallyFrame | null
  readonly line: Line
}

export function TallyPanel({ poll, tally, line }: TallyPanelParts) {
  const rows = tallyRows(poll, tally)
  return (
    <section className="panel tally" aria-labelledby="tally">
      <div className="panel-head">
        <h2 id="tally">Tally</h2>
        <p className="tally-total">
          <span className="figure figure-large" data-testid="total">
            {tally === null ? '–' : wholeNumber.format(tally.total ?? 0)}
          </span>{' '}
          {tally?.total === 1 ? 'vote' : 'votes'}
        </p>
      </div>
      <table className="tally-table">
        <thead className="only-read">
          <tr>
            <th scope="col">Option</th>
            <th scope="col">Votes</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ optionId, text, colour, votes, share, leads }) => (
            <tr key={optionId} className={leads ? 'is-leading' : undefined}>
              <th scope="row">
                <span className="swatch" style={{ background: colour }} />
                {text}
                {leads && <span className="only-read"> (leads)</span>}
              </th>
              <td className="figure">{tally === null ? '–' : wholeNumber.format(votes)}</td>
              <td className="figure tally-share">
                {tally === null || tally.total === 0 ? '–' : percent.format(share / 1_000)}
              </td>
              <td className="tally-bar" aria-hidden="true">
                <span style={{ transform: `scaleX(${share / 1_000})`, background: colour }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="panel-foot">{sayFreshness(tally, line)}</p>
    </section>
  )
}

function sayFreshness(tally: TallyFrame | null, line: Line): string {
  if (tally === null)
    return line.at === 'lost' ? 'The tally cannot be had: the line is down.' : 'Reading the tally…'
  const version = `version ${wholeNumber.format(tally.version)}`
  const asOf =
    tally.asOf === null ? 'No vote counted yet' : `As of ${clockWithSeconds.format(new Date(tally.asOf))}`
  const isStale = line.at === 'lost' ? ', not live: the line is down' : ''
  return `${asOf}, ${version}${isStale}`
}
