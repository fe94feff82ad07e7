/** The shares of one ballot box over time, as lines that end at their options' names. */
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import type { BoxShares, ShareLine } from './share-lines.ts'

const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const [width, height] = [600, 120]

interface SharesChartProps {
  readonly box: BoxShares
  /** Null where the poll has one box. */
  readonly name: string | null
  readonly poll: Pick<PollParts, 'options'>
  readonly sayTime: (ms: number) => string
}

export function SharesChart({ box, name, poll, sayTime }: SharesChartProps) {
  const colours = new Map(
    poll.options.map(({ optionId, colour }, place) => [optionId, optionColour(colour, place)]),
  )
  const isMoment = box.fromMs === box.toMs
  return (
    <figure className="shares">
      {name !== null && <h4>{name}</h4>}
      {!isMoment && (
        <>
          <svg
            className="shares-plot"
            viewBox={`0 0 ${width} ${height}`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <line x1="0" x2={width} y1={height / 2} y2={height / 2} className="shares-half" />
            {box.lines.map((line) => (
              <polyline
                key={line.optionId}
                points={pointsOf(line)}
                style={{ stroke: colours.get(line.optionId) }}
                vectorEffect="non-scaling-stroke"
              />
            ))}
          </svg>
          <figcaption className="columns-ends" aria-hidden="true">
            <span>{sayTime(box.fromMs)}</span>
            <span>{sayTime(box.toMs)}</span>
          </figcaption>
        </>
      )}
      <table className="shares-table">
        <caption className="only-read">Share of each option{name !== null && ` in the box ${name}`}</caption>
        <thead className="only-read">
          <tr>
            <th scope="col">Option</th>
            <th scope="col">At first</th>
            <th scope="col">At last</th>
          </tr>
        </thead>
        <tbody>
          {poll.options.map(({ optionId, text }) => {
            const line = box.lines.find((one) => one.optionId === optionId)
            return (
              <tr key={optionId}>
                <th scope="row">
                  <span className="swatch" style={{ background: colours.get(optionId) }} /> {text}
                </th>
                <td className="figure shares-first">
                  {isMoment ? '' : `${percent.format(line?.points[0]?.share ?? 0)} →`}
                </td>
                <td className="figure">{percent.format(line?.lastShare ?? 0)}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </figure>
  )
}

const pointsOf = ({ points }: ShareLine): string =>
  points
    .map(({ x, share }) => `${(x * width).toFixed(1)},${((1 - share) * (height - 4) + 2).toFixed(1)}`)
    .join(' ')
