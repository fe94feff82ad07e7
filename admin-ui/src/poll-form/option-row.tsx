/** One option of a poll being written: its colour, its text, its place. */
import type { KeyboardEvent } from 'react'
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import { FieldFault } from './field.tsx'
import { leastOptions, type FormChange, type OptionDraft } from './form-draft.ts'

interface OptionRowParts {
  readonly option: OptionDraft
  readonly place: number
  readonly count: number
  readonly mayChange: boolean
  readonly fault: string | undefined
  readonly change: (change: FormChange) => void
  readonly onLeave: () => void
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
  readonly onPress: (event: KeyboardEvent) => void
}

// What the browser's colour field begins with where the option has no colour of its own.
const firstColour = '#5f35e5'

export function OptionRow({
  option,
  place,
  count,
  mayChange,
  fault,
  change,
  onLeave,
  onMove,
  onRemove,
  onPress,
}: OptionRowParts) {
  const { row, text, colour } = option
  const name = `Option ${place + 1}`
  const sayId = `option-${row}-says`
  return (
    <li className="option-row">
      <label className="option-colour" style={{ background: optionColour(colour, place) }}>
        <span className="only-read">Colour of option {place + 1}</span>
        <input
          type="color"
          value={colour ?? firstColour}
          onChange={(event) => change({ set: 'colour', row, to: event.target.value })}
        />
      </label>
      <input
        data-text=""
        aria-label={name}
        aria-invalid={fault !== undefined}
        aria-describedby={sayId}
        placeholder={name}
        value={text}
        maxLength={100}
        autoComplete="off"
        onChange={(event) => change({ set: 'option', row, text: event.target.value })}
        onBlur={onLeave}
        onKeyDown={onPress}
      />
      {mayChange && (
        <div className="option-buttons">
          {colour !== null && (
            <button
              type="button"
              className="icon-button"
              aria-label={`Default colour for option ${place + 1}`}
              title="Default colour"
              onClick={() => change({ set: 'colour', row, to: null })}
            >
              ↺
            </button>
          )}
          <button
            type="button"
            className="icon-button"
            aria-label={`Move option ${place + 1} up`}
            title="Move up"
            disabled={place === 0}
            onClick={() => onMove(-1)}
          >
            ↑
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={`Move option ${place + 1} down`}
            title="Move down"
            disabled={place === count - 1}
            onClick={() => onMove(1)}
          >
            ↓
          </button>
          <button
            type="button"
            className="icon-button"
            aria-label={`Remove option ${place + 1}`}
            title={count <= leastOptions ? `A poll has at least ${leastOptions} options` : 'Remove'}
            disabled={count <= leastOptions}
            onClick={onRemove}
          >
            ×
          </button>
        </div>
      )}
      <div id={sayId} className="option-says">
        <FieldFault fault={fault} />
      </div>
    </li>
  )
}
