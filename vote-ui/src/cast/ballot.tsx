/** The ballot: one slip for each option, and the one action that casts the chosen one. */
import type { CSSProperties, ReactNode } from 'react'
import { optionColour } from '../brand/option-colour.ts'
import type { OptionParts } from '../polls/poll-parts.ts'

interface BallotParts {
  readonly question: string
  readonly options: readonly OptionParts[]
  readonly chosenId: string | null
  /** at hand: to be chosen. sending, waiting: the vote is on its way or waits for the line, and the choice stands. */
  readonly vote: 'at hand' | 'sending' | 'waiting'
  readonly onChoose: (optionId: string) => void
  readonly onConfirm: () => void
  /** What is told beside the action. */
  readonly children?: ReactNode
}

export function Ballot(parts: BallotParts) {
  const { question, options, chosenId, vote, onChoose, onConfirm, children } = parts
  const locked = vote !== 'at hand'
  const chosen = options.find(({ optionId }) => optionId === chosenId)
  return (
    <form
      className="ballot"
      data-locked={locked || undefined}
      onSubmit={(event) => {
        event.preventDefault()
        onConfirm()
      }}
    >
      <fieldset disabled={locked}>
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
                onChange={() => onChoose(optionId)}
              />
              {pictureUrl !== null && (
                <img src={pictureUrl} alt="" loading="lazy" referrerPolicy="no-referrer" />
              )}
              <span className="slip-text">{text}</span>
              <span className="slip-mark" aria-hidden="true">
                <svg viewBox="0 0 24 24">
                  <path d="m5.5 12.5 4.5 4.5L19 7" pathLength="1" />
                </svg>
              </span>
            </label>
          )
        })}
      </fieldset>
      <div className="ballot-action">
        {children}
        <button type="submit" className="button" disabled={locked || chosen === undefined} data-vote={vote}>
          {actionWords(chosen?.text, vote)}
        </button>
      </div>
    </form>
  )
}

function actionWords(chosen: string | undefined, vote: BallotParts['vote']): string {
  if (vote === 'sending') return 'Sending your vote…'
  if (vote === 'waiting') return 'Waiting for the line…'
  return chosen === undefined ? 'Choose one to vote' : `Vote for ${chosen}`
}
