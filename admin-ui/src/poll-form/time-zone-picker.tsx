/** Chooses a time zone by searching for it: a field with a list of what fits. */
import { useId, useState, type KeyboardEvent } from 'react'
import type { FieldIds } from './field.tsx'
import { findZones } from './time-zones.ts'
import { offsetInWords } from './zone-time.ts'

interface TimeZonePickerParts {
  readonly ids: FieldIds
  readonly zone: string
  readonly onZone: (zone: string) => void
}

// What a phone shows without scrolling under its keyboard.
const mostShown = 7

export function TimeZonePicker({ ids, zone, onZone }: TimeZonePickerParts) {
  const listId = useId()
  // Null: nothing is being looked for, the field shows what was chosen.
  const [words, setWords] = useState<string | null>(null)
  const [place, setPlace] = useState(0)
  const found = words === null ? [] : findZones(words).slice(0, mostShown)
  const name = zone.replaceAll('_', ' ')

  function choose(chosen: string | undefined) {
    if (chosen !== undefined) onZone(chosen)
    setWords(null)
  }
  function press(event: KeyboardEvent) {
    switch (event.key) {
      case 'ArrowDown':
      case 'ArrowUp': {
        event.preventDefault()
        if (words === null) return look('')
        const step = event.key === 'ArrowDown' ? 1 : -1
        return setPlace((place + step + found.length) % Math.max(1, found.length))
      }
      case 'Enter':
        // Otherwise it would send the form.
        event.preventDefault()
        return choose(found[place])
      case 'Escape':
        return setWords(null)
    }
  }
  function look(text: string) {
    setWords(text)
    setPlace(0)
  }

  return (
    <div className="zone-picker">
      <input
        {...ids}
        name="timeZone"
        role="combobox"
        aria-expanded={words !== null}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={found[place] === undefined ? undefined : `${listId}-${place}`}
        autoComplete="off"
        spellCheck={false}
        placeholder={name}
        value={words ?? name}
        onFocus={(event) => event.target.select()}
        onChange={(event) => look(event.target.value)}
        onKeyDown={press}
        // Whoever leaves without choosing keeps what was chosen.
        onBlur={() => setWords(null)}
      />
      {words !== null && (
        <ul className="zone-list" id={listId} role="listbox" aria-label="Time zones">
          {found.map((one, i) => (
            <li
              key={one}
              id={`${listId}-${i}`}
              role="option"
              aria-selected={i === place}
              // Before the field is left: leaving it closes the list.
              onMouseDown={(event) => {
                event.preventDefault()
                choose(one)
              }}
            >
              {one.replaceAll('_', ' ')} <span className="unit">{offsetInWords(one)}</span>
            </li>
          ))}
          {found.length === 0 && <li className="zone-none">No time zone has this in its name.</li>}
        </ul>
      )}
    </div>
  )
}
