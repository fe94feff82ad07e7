/** The ballot: one slip for each option, and the one action that casts the chosen one. */
import type { CSSProperties, ReactNode } from 'react'
import { optionColour } from '../brand/option-colour.ts'
import type { OptionParts } from '../polls/poll-parts.ts'
import { actionWords, type BallotAction } from './action-words.ts'

interface BallotParts extends BallotAction {
  readonly question: string
  readonly options: readonly OptionParts[]
  readonly chosenId: string | null
  readonly onChoose: (optionId: string) => void
  readonly onConfirm: () => void
  /** What is told between the slips and the action. */
  readonly notes?: ReactNode
  /** What is told beside the action. */
  readonly children?: ReactNode
}

export function Ballot(parts: BallotParts) {
  const { question, options, chosenId, vote, turn, onChoose, onConfirm, notes, children } = parts
  const locked = vote !== 'at hand'
  const chosen = options.find(({ optionId }) => optionId === chosenId)
  return (
    <form
      className="ballot"
      data-locked={locked || undefined}
      onSubmit={(event) => {
        event.preventDefault()
        if (!locked && turn.at === 'ready') onConfirm()
      }}
      // Where one may vote again at once, a key that is held down must not.
      onKeyDown={(event) => event.key === 'Enter' && event.repeat && event.preventDefault()}
    >
      {/* What is disabled loses the focus of whoever votes by keyboard: it is left there, and ignored. */}
      <fieldset aria-disabled={locked}>
        <legend className="unseen">{question}</legend>
        {options.map(({ optionId, text, colour, pictureUrl }, index) => {
          const style: CSSProperties & Record<'--option', string> = {
            '--option': optionColour(colour, index),
          }
          return (
            <label key={optionId} className="slip" style={style}>
              <input
                type="radio"
                name="option"
                value={optionId}
                checked={optionId === chosenId}
                onChange={() => !locked && onChoose(optionId)}
              />
              {pictureUrl !== null && (
                <img src={pictureUrl} alt="" loading="lazy" referrerPolicy="no-referrer" />
              )}
              <span className="slip-text" dir="auto">
                {text}
              </span>
              <span className="slip-mark" aria-hidden="true">
                <svg viewBox="0 0 24 24">
                  <path d="m5.5 12.5 4.5 4.5L19 7" pathLength="1" />
                </svg>
              </span>
            </label>
          )
        })}
      </fieldset>
      {notes}
      <div className="ballot-action">
        {children}
        <button
          type="submit"
          className="button"
          // A button that is disabled while it is pressed loses the focus of whoever votes by keyboard.
          disabled={chosen === undefined && !locked}
          aria-disabled={locked || turn.at !== 'ready'}
          data-vote={vote}
          // The later clicks of a double or triple click mean the first.
          onClick={(event) => event.detail > 1 && event.preventDefault()}
        >
          {actionWords(parts, chosen)}
        </button>
      </div>
    </form>
  )
}
