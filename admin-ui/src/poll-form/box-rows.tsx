/** The ballot boxes of a poll being written: add, remove, move, and bring their weights to 100 %. */
import { useEffect, useRef, useState } from 'react'
import { mostBoxes } from '../../../contracts/poll.ts'
import { restOf, type BoxDraft } from './box-drafts.ts'
import { BoxCard } from './box-card.tsx'
import { FieldFault } from './field.tsx'
import type { Faults, Field } from './fields.ts'
import type { FormChange } from './form-draft.ts'
import { percentText } from './weights.ts'

interface BoxRowsProps {
  readonly boxes: readonly BoxDraft[]
  readonly faults: Faults
  readonly change: (change: FormChange) => void
  readonly leave: (field: Field) => void
}

export function BoxRows({ boxes, faults, change, leave }: BoxRowsProps) {
  const list = useRef<HTMLOListElement>(null)
  const [said, say] = useState('')
  // The place whose name shall have the focus after the next change of the rows.
  const next = useRef<number | null>(null)
  useEffect(() => {
    if (next.current === null) return
    list.current?.querySelectorAll<HTMLElement>('[data-box]')[next.current]?.focus()
    next.current = null
  }, [boxes])

  return (
    <>
      <p className="field-hint">
        {boxes.length === 1
          ? 'One box: all votes count the same. With several, each has its own voters and limit, and a weight in the result.'
          : 'Each box is counted by itself; its shares go into the result by its weight.'}
      </p>
      <ol className="box-rows" ref={list}>
        {boxes.map((box, place) => (
          <BoxCard
            key={box.row}
            box={box}
            place={place}
            count={boxes.length}
            faults={faults}
            onChange={(to) => change({ set: 'box', row: box.row, to })}
            onLeave={(part) => leave(`boxes.${place}.${part}`)}
            onMove={(by) => {
              change({ set: 'box moved', row: box.row, by })
              say(`Moved to place ${place + by + 1} of ${boxes.length}`)
            }}
            onRemove={() => {
              next.current = Math.max(0, place - 1)
              change({ set: 'box removed', row: box.row })
              say(`Ballot box ${place + 1} removed`)
            }}
          />
        ))}
      </ol>
      {boxes.length > 1 && <WeightSum boxes={boxes} fault={faults.boxes} change={change} />}
      {boxes.length === 1 && <FieldFault fault={faults.boxes} />}
      <div className="option-add">
        <button
          type="button"
          className="button"
          disabled={boxes.length >= mostBoxes}
          onClick={() => {
            next.current = boxes.length
            change({ set: 'box added' })
            say(`Ballot box ${boxes.length + 1} added`)
          }}
        >
          Add ballot box
        </button>
        {boxes.length >= mostBoxes && <p className="field-hint">A poll has at most {mostBoxes} boxes.</p>}
      </div>
      <p className="only-read" role="status">
        {said}
      </p>
    </>
  )
}

interface WeightSumProps {
  readonly boxes: readonly BoxDraft[]
  readonly fault: string | undefined
  readonly change: (change: FormChange) => void
}

/** What is left of 100 % while it is being given away, and the way to a right sum by one press. */
function WeightSum({ boxes, fault, change }: WeightSumProps) {
  const rest = restOf(boxes)
  const isWhole = rest === 0
  return (
    <div className={isWhole ? 'weight-sum is-whole' : 'weight-sum'} data-testid="weight-sum">
      <p role="status" className={fault === undefined ? undefined : 'field-fault'}>
        {fault ?? sayRest(rest)}
      </p>
      <div className="weight-buttons">
        <button
          type="button"
          className="button"
          disabled={isWhole}
          onClick={() => change({ set: 'balanced', to: 'proportion' })}
        >
          Balance to 100 %
        </button>
        <button
          type="button"
          className="button button-quiet"
          onClick={() => change({ set: 'balanced', to: 'same' })}
        >
          Equal shares
        </button>
      </div>
    </div>
  )
}

function sayRest(rest: number | null): string {
  if (rest === null) return 'One of the weights cannot be read.'
  if (rest === 0) return 'The weights sum to 100 %.'
  return rest > 0 ? `${percentText(rest)} % are still to give.` : `${percentText(-rest)} % too much.`
}
