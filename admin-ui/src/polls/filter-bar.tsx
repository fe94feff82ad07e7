/** Narrows the list of polls: by shelf, by state, by words. */
import { useEffect, useId, useRef, useState } from 'react'
import { pollStates } from '../../../contracts/poll.ts'
import type { AskedPolls, Shelf } from './asked-polls.ts'
import { stateInWords } from './state-badge.tsx'
import type { PollCounts } from './use-counts.ts'

type Narrow = Partial<Pick<AskedPolls, 'state' | 'words' | 'shelf'>>

interface FilterBarParts {
  readonly asked: AskedPolls
  readonly counts: PollCounts | null
  readonly onNarrow: (narrow: Narrow) => void
}

const shelfInWords: Record<Shelf, string> = {
  current: 'Current',
  rehearsals: 'Rehearsals',
  archive: 'Archive',
}

export function FilterBar({ asked, counts, onNarrow }: FilterBarParts) {
  const shelfId = useId()
  const states = pollStates.filter((state) => (counts?.states[state] ?? 0) > 0 || asked.state === state)
  const all = counts === null ? null : pollStates.reduce((sum, state) => sum + counts.states[state], 0)
  return (
    <div className="filter" role="search">
      <fieldset className="filter-states">
        <legend className="only-read">State</legend>
        {(['all', ...states] as const).map((state) => (
          <label key={state} className="filter-state">
            <input
              type="radio"
              name="state"
              checked={asked.state === state}
              onChange={() => onNarrow({ state })}
            />
            <span>
              {state === 'all' ? 'All' : stateInWords(state)}{' '}
              <b>{state === 'all' ? all : counts?.states[state]}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="filter-words">
        <label htmlFor={shelfId} className="only-read">
          Shelf
        </label>
        <select
          id={shelfId}
          value={asked.shelf}
          onChange={(event) => {
            const { value } = event.target
            onNarrow({ shelf: value === 'rehearsals' || value === 'archive' ? value : 'current' })
          }}
        >
          {Object.entries(shelfInWords).map(([shelf, words]) => (
            <option key={shelf} value={shelf}>
              {words}
            </option>
          ))}
        </select>
        <SearchField words={asked.words} onWords={(words) => onNarrow({ words })} />
      </div>
    </div>
  )
}

// The pause after which a word is written: every letter would be a question to the gateway.
const restMs = 250

function SearchField({ words, onWords }: { words: string; onWords: (words: string) => void }) {
  const id = useId()
  const [text, setText] = useState(words)
  // What the address said last: what differs from it came by the browser's way back, not by typing.
  const [heard, setHeard] = useState(words)
  if (heard !== words) {
    setHeard(words)
    setText(words)
  }
  const tell = useRef(onWords)
  useEffect(() => {
    tell.current = onWords
  }, [onWords])
  useEffect(() => {
    if (text === words) return
    const timer = setTimeout(() => tell.current(text), restMs)
    return () => clearTimeout(timer)
  }, [text, words])
  return (
    <>
      <label htmlFor={id} className="only-read">
        Search polls
      </label>
      <input
        id={id}
        type="search"
        placeholder="Search polls"
        aria-keyshortcuts="/"
        data-search=""
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
      />
    </>
  )
}
