/** The weighted result of a poll with several ballot boxes, with what goes into it. */
import type { ReactNode } from 'react'
import { percentOf, type Result } from '../../../contracts/result.ts'
import { percentText } from '../poll-form/weights.ts'
import { isOver, type PollParts } from '../polls/poll-parts.ts'
import { ResultList } from './result-list.tsx'

interface ResultPanelProps {
  readonly poll: PollParts
  /** Null: a rehearsal has none. */
  readonly result: Result | null
  /** Stands beside the heading. */
  readonly children: ReactNode
}

export function ResultPanel({ poll, result, children }: ResultPanelProps) {
  return (
    <section className="panel result" aria-labelledby="result">
      <div className="panel-head">
        <h2 id="result">
          {result === null ? 'Turnout' : isOver(poll) ? 'Weighted result' : 'Weighted result so far'}
        </h2>
        {children}
      </div>
      {result === null ? (
        <p className="secret">
          <b>A rehearsal has no result.</b> Its votes are counted below, box by box, and are never weighed.
        </p>
      ) : (
        <>
          {sayTie(poll, result)}
          <ResultList
            poll={poll}
            result={result}
            label="Weighted result"
            below={(optionId) => <Parts result={result} optionId={optionId} />}
          />
          <p className="panel-foot">
            Share = the sum of each box’s share times its weight: {weightsInWords(result)}. Rounded by largest
            remainder, so that it sums to 100.00 %.
          </p>
        </>
      )}
    </section>
  )
}

function Parts({ result, optionId }: { result: Result; optionId: string }) {
  return result.boxes.map((box) => {
    const share = box.options.find((option) => option.optionId === optionId)?.share ?? null
    return (
      <span key={box.boxId}>
        {box.boxId} <b className="figure">{share === null ? '–' : `${percentOf(share)} %`}</b>
      </span>
    )
  })
}

function sayTie({ options }: PollParts, result: Result): ReactNode {
  const first = result.options.filter(({ rank, share }) => rank === 1 && share !== null)
  if (first.length < 2) return null
  const names = first.map(
    ({ optionId }) => options.find((one) => one.optionId === optionId)?.text ?? optionId,
  )
  return <p className="tie">A tie for the first place: {names.join(', ')} have exactly the same share.</p>
}

/** What counts now; before the first vote, what the poll says. */
function weightsInWords({ boxes }: Result): string {
  const isEmpty = boxes.every(({ effectiveWeight }) => effectiveWeight === 0)
  return boxes
    .map(
      ({ boxId, weight, effectiveWeight }) => `${boxId} ${percentText(isEmpty ? weight : effectiveWeight)} %`,
    )
    .join(', ')
}
