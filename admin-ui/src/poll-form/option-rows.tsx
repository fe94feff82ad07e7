/** The options of a poll being written: add, remove, move, colour, all by keyboard too. */
import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { FieldFault } from './field.tsx'
import type { Faults, Field } from './fields.ts'
import { leastOptions, mostOptions, type OptionChange, type OptionDraft } from './option-drafts.ts'
import { OptionRow } from './option-row.tsx'

interface OptionRowsParts {
  readonly options: readonly OptionDraft[]
  readonly faults: Faults
  readonly change: (change: OptionChange) => void
  readonly leave: (field: Field) => void
}

export function OptionRows({ options, faults, change, leave }: OptionRowsParts) {
  const list = useRef<HTMLOListElement>(null)
  const [said, say] = useState('')
  // The place whose text shall have the focus after the next change of the rows.
  const next = useRef<number | null>(null)
  useEffect(() => {
    if (next.current === null) return
    list.current?.querySelectorAll<HTMLInputElement>('input[data-text]')[next.current]?.focus()
    next.current = null
  }, [options])

  function add() {
    next.current = options.length
    change({ set: 'added' })
    say(`Option ${options.length + 1} added`)
  }
  function remove(row: number, place: number) {
    next.current = Math.min(place, options.length - 2)
    change({ set: 'removed', row })
    say(`Option ${place + 1} removed, ${options.length - 1} left`)
  }
  function move(row: number, place: number, by: -1 | 1) {
    if (options[place + by] === undefined) return
    change({ set: 'moved', row, by })
    say(`Moved to place ${place + by + 1} of ${options.length}`)
  }
  function press(event: KeyboardEvent, row: number, place: number) {
    if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault()
      move(row, place, event.key === 'ArrowUp' ? -1 : 1)
    } else if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
      event.preventDefault()
      const isLast = place === options.length - 1
      if (isLast && options[place]?.text.trim() !== '') add()
      else list.current?.querySelectorAll<HTMLInputElement>('input[data-text]')[place + 1]?.focus()
    }
  }

  return (
    <>
      <ol className="option-rows" ref={list}>
        {options.map((option, place) => (
          <OptionRow
            key={option.row}
            option={option}
            place={place}
            count={options.length}
            fault={faults[`options.${place}`]}
            pictureFault={faults[`options.${place}.pictureUrl`]}
            change={change}
            // One that is still empty is told on sending only: rows are often added before they are written.
            onLeave={() => option.text.trim() !== '' && leave(`options.${place}`)}
            onLeavePicture={() => leave(`options.${place}.pictureUrl`)}
            onMove={(by) => move(option.row, place, by)}
            onRemove={() => remove(option.row, place)}
            onPress={(event) => press(event, option.row, place)}
          />
        ))}
      </ol>
      <FieldFault fault={faults.options} />
      <div className="option-add">
        <button type="button" className="button" onClick={add} disabled={options.length >= mostOptions}>
          Add option
        </button>
        <p className="field-hint">
          <kbd>Enter</kbd> goes to the next option, <kbd>Alt</kbd> <kbd>↑</kbd> <kbd>↓</kbd> moves one. A
          pasted list fills one line each. {leastOptions} to {mostOptions} options.
        </p>
      </div>
      <p className="only-read" role="status">
        {said}
      </p>
    </>
  )
}
