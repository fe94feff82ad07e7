/** Tries other weights on the votes that are there: changes nothing that is stored, and says who would win. */
import { useId, useMemo, useState } from 'react'
import { weighResult, type BoxCounts } from '../../../contracts/result.ts'
import { percentText } from '../poll-form/weights.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { totalOf } from './counted-boxes.ts'
import { ResultList } from './result-list.tsx'
import { leadersOf, moveWeight, turnsOf, type Turn } from './what-if.ts'
import { WeightSlider } from './weight-slider.tsx'

interface WhatIfPanelProps {
  readonly poll: PollParts
  readonly boxes: readonly BoxCounts[]
}

export function WhatIfPanel({ poll, boxes }: WhatIfPanelProps) {
  const [isOpen, open] = useState(false)
  const bodyId = useId()
  return (
    <section className="panel what-if" aria-labelledby="what-if">
      <div className="panel-head">
        <h2 id="what-if">What if the weights were others?</h2>
        <button
          type="button"
          className="button button-quiet"
          aria-expanded={isOpen}
          aria-controls={bodyId}
          onClick={() => open(!isOpen)}
        >
          {isOpen ? 'Hide' : 'Try weights'}
        </button>
      </div>
      <div id={bodyId}>{isOpen && <WhatIf poll={poll} boxes={boxes} />}</div>
    </section>
  )
}

function WhatIf({ poll, boxes }: WhatIfPanelProps) {
  const stored = boxes.map(({ weight }) => weight)
  // Null: the weights of the poll.
  const [tried, setTried] = useState<readonly number[] | null>(null)
  const weights = tried ?? stored
  const optionIds = useMemo(() => poll.options.map(({ optionId }) => optionId), [poll.options])
  const weighed = boxes.map((box, place) => ({ ...box, weight: weights[place] ?? 0 }))
  const result = weighResult(optionIds, weighed)
  const name = (winners: readonly string[]) =>
    winners.map((id) => poll.options.find(({ optionId }) => optionId === id)?.text ?? id).join(' and ')
  const [real, would] = [leadersOf(optionIds, boxes), leadersOf(optionIds, weighed)]
  const isEmpty = boxes.every((box) => totalOf(box) === 0)
  // One slider moves both of two boxes.
  const sliders = boxes.length === 2 ? boxes.slice(0, 1) : boxes
  const isChanged = weights.some((weight, place) => weight !== stored[place])
  return (
    <>
      <p className="field-hint">
        This changes nothing that is stored, and nobody else sees it. The weights of the poll are{' '}
        {boxes.map(({ boxId, weight }) => `${boxId} ${percentText(weight)} %`).join(', ')}.
      </p>
      <div className="sliders">
        {sliders.map(({ boxId }, place) => (
          <WeightSlider
            key={boxId}
            name={boxId}
            other={boxes.length === 2 ? (boxes[1]?.boxId ?? null) : null}
            weight={weights[place] ?? 0}
            onWeight={(to) => setTried(moveWeight(weights, place, to, stored))}
          />
        ))}
        <button type="button" className="button" disabled={!isChanged} onClick={() => setTried(null)}>
          Reset to the poll’s weights
        </button>
      </div>
      <p className={name(real) === name(would) ? 'verdict' : 'verdict is-other'} role="status">
        {sayVerdict(isEmpty, name(real), name(would), would.length > 1)}
      </p>
      <ResultList poll={poll} result={result} label="Result with these weights" />
      {!isEmpty && <Turns boxes={boxes} optionIds={optionIds} name={name} />}
    </>
  )
}

function sayVerdict(isEmpty: boolean, real: string, would: string, isTie: boolean): string {
  if (isEmpty) return 'There are no votes yet to weigh.'
  if (real === would)
    return isTie ? `Still a tie: ${would}.` : `${would} would win, as with the poll’s weights.`
  return isTie ? `A tie: ${would}, instead of ${real}.` : `${would} would win, instead of ${real}.`
}

interface TurnsProps {
  readonly boxes: readonly BoxCounts[]
  readonly optionIds: readonly string[]
  readonly name: (winners: readonly string[]) => string
}

/** Where the winner changes, for each box that can be moved by itself. */
function Turns({ boxes, optionIds, name }: TurnsProps) {
  const turns = useMemo(() => {
    const moved = boxes.length === 2 ? boxes.slice(0, 1) : boxes
    return moved.map(({ boxId }, place) => ({ boxId, its: turnsOf(optionIds, boxes, place) }))
  }, [boxes, optionIds])
  if (turns.every(({ its }) => its.length === 0))
    return <p className="field-hint">The winner is the same whatever the weights are.</p>
  return (
    <ul className="turns" aria-label="Where the winner changes">
      {turns.flatMap(({ boxId, its }) =>
        its.map((turn) => <li key={`${boxId} ${turn.upTo}`}>{sayTurn(boxId, turn, name)}</li>),
      )}
    </ul>
  )
}

const exact = (weight: number) => (weight / 100).toFixed(2)

function sayTurn(boxId: string, { upTo, before, after }: Turn, name: TurnsProps['name']): string {
  const deed = (winners: readonly string[]) =>
    winners.length > 1 ? `${name(winners)} are tied` : `${name(winners)} wins`
  return `Up to ${exact(upTo)} % for ${boxId} ${deed(before)}, from ${exact(upTo + 1)} % on ${deed(after)}.`
}
