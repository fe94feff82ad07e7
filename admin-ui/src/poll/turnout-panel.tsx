/** How many voted, where nobody may know yet for what. */
import { isOver, type PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import type { TallyFrame } from '../polls/use-tally.ts'

interface TurnoutPanelProps {
  readonly poll: PollParts
  readonly tally: TallyFrame
  readonly freshness: string
}

export function TurnoutPanel({ poll, tally, freshness }: TurnoutPanelProps) {
  const { total, boxes, shows } = tally
  return (
    <section className="panel tally" aria-labelledby="tally">
      <div className="panel-head">
        <h2 id="tally">Turnout</h2>
        {total !== null && (
          <p className="tally-total">
            <span className="figure figure-large" data-testid="total">
              {wholeNumber.format(total)}
            </span>{' '}
            {total === 1 ? 'vote' : 'votes'}
          </p>
        )}
      </div>
      <p className="secret">
        <b>Under embargo.</b> What was voted for is hidden from everyone, this room too, until the result is
        revealed.{' '}
        {isOver(poll) ? 'The poll is over: it can be revealed.' : 'That is possible once the poll is over.'}
      </p>
      {boxes.length > 1 && (
        <table className="turnout-table">
          <caption className="only-read">Votes in each ballot box</caption>
          <tbody>
            {boxes.map((box) => (
              <tr key={box.boxId}>
                <th scope="row">{box.boxId}</th>
                <td className="figure">{wholeNumber.format(box.total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="panel-foot">{shows === 'nothing' ? 'Nothing is shown.' : freshness}</p>
    </section>
  )
}
