/** One option of a poll being written: its colour, its text, its place. */
import type { ClipboardEvent, KeyboardEvent } from 'react'
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import { FieldFault } from './field.tsx'
import { IconButton } from './icon-button.tsx'
import { leastOptions, type OptionChange, type OptionDraft } from './option-drafts.ts'

interface OptionRowParts {
  readonly option: OptionDraft
  readonly place: number
  readonly count: number
  readonly fault: string | undefined
  readonly pictureFault: string | undefined
  readonly change: (change: OptionChange) => void
  readonly onLeave: () => void
  readonly onLeavePicture: () => void
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
  fault,
  pictureFault,
  change,
  onLeave,
  onLeavePicture,
  onMove,
  onRemove,
  onPress,
}: OptionRowParts) {
  const { row, text, colour, pictureUrl } = option
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
        onPaste={(event) => {
          const lines = linesOf(event)
          if (lines.length < 2) return
          event.preventDefault()
          change({ set: 'pasted', row, lines })
        }}
      />
      <div className="option-buttons">
        {colour !== null && (
          <IconButton
            words={`Default colour for option ${place + 1}`}
            isOff={false}
            onPress={() => change({ set: 'colour', row, to: null })}
          >
            ↺
          </IconButton>
        )}
        <IconButton
          words={
            pictureUrl === null ? `Picture for option ${place + 1}` : `No picture for option ${place + 1}`
          }
          isOff={false}
          onPress={() => change({ set: 'picture', row, to: pictureUrl === null ? '' : null })}
        >
          <PictureSign isCrossed={pictureUrl !== null} />
        </IconButton>
        <IconButton words={`Move option ${place + 1} up`} isOff={place === 0} onPress={() => onMove(-1)}>
          ↑
        </IconButton>
        <IconButton
          words={`Move option ${place + 1} down`}
          isOff={place === count - 1}
          onPress={() => onMove(1)}
        >
          ↓
        </IconButton>
        <IconButton
          words={`Remove option ${place + 1}`}
          why={count <= leastOptions ? `A poll has at least ${leastOptions} options` : undefined}
          isOff={count <= leastOptions}
          onPress={onRemove}
        >
          ×
        </IconButton>
      </div>
      {pictureUrl !== null && (
        <PictureField
          place={place}
          address={pictureUrl}
          fault={pictureFault}
          onAddress={(to) => change({ set: 'picture', row, to })}
          onLeave={onLeavePicture}
        />
      )}
      <div id={sayId} className="option-says">
        <FieldFault fault={fault} />
      </div>
    </li>
  )
}

/** A hill in a frame; crossed out where pressing takes it away. */
function PictureSign({ isCrossed }: { isCrossed: boolean }) {
  return (
    <svg viewBox="0 0 20 20" width="18" height="18" fill="none" stroke="currentColor" aria-hidden="true">
      <rect x="2.5" y="4" width="15" height="12" rx="2" />
      <path d="M3 14.5 8 9.5l4 4 2-2 3.5 3.5" />
      {isCrossed && <path d="M3 18 17 2" strokeWidth="1.5" />}
    </svg>
  )
}

interface PictureFieldProps {
  readonly place: number
  readonly address: string
  readonly fault: string | undefined
  readonly onAddress: (address: string) => void
  readonly onLeave: () => void
}

function PictureField({ place, address, fault, onAddress, onLeave }: PictureFieldProps) {
  const sayId = `picture-${place}-says`
  return (
    <div className="option-picture">
      <input
        type="url"
        aria-label={`Picture address of option ${place + 1}`}
        aria-invalid={fault !== undefined}
        aria-describedby={sayId}
        placeholder="https://…"
        value={address}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onAddress(event.target.value)}
        onBlur={onLeave}
      />
      {address.startsWith('https://') && (
        <img src={address} alt="" width="44" height="44" referrerPolicy="no-referrer" />
      )}
      <div id={sayId}>
        <FieldFault fault={fault} />
      </div>
    </div>
  )
}

/** What is pasted as a list: its lines that hold something. */
const linesOf = (event: ClipboardEvent): string[] =>
  event.clipboardData
    .getData('text')
    .split(/\r?\n/)
    .map((line) => line.trim().slice(0, 100))
    .filter((line) => line !== '')
