/** A weighted result, best first: rank, share, bar, and what each box gave. */
import type { ReactNode } from 'react'
import { wholeWeight } from '../../../contracts/poll.ts'
import { percentOf, type Result } from '../../../contracts/result.ts'
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import type { PollParts } from '../polls/poll-parts.ts'

interface ResultListProps {
  readonly poll: Pick<PollParts, 'options'>
  readonly result: Result
  readonly label: string
  /** What stands below an option's name. */
  readonly below?: (optionId: string) => ReactNode
}

export function ResultList({ poll, result, label, below }: ResultListProps) {
  return (
    <ol className="result-list" aria-label={label}>
      {result.options.map(({ optionId, share, rank, isTied }) => {
        const place = poll.options.findIndex((option) => option.optionId === optionId)
        const option = poll.options[place]
        const colour = optionColour(option?.colour ?? null, place)
        const isFirst = rank === 1 && share !== null
        return (
          <li key={optionId} className={isFirst ? 'is-leading' : undefined}>
            <span className="result-rank figure" aria-label={`Rank ${rank}`}>
              {share === null ? '–' : rank}
            </span>
            <span className="result-name">
              <span className="swatch" style={{ background: colour }} /> {option?.text ?? optionId}
              {isTied && share !== null && <span className="mark">Tied</span>}
            </span>
            <span className="result-share figure">{share === null ? '–' : `${percentOf(share)} %`}</span>
            <span className="result-bar" aria-hidden="true">
              <span style={{ transform: `scaleX(${(share ?? 0) / wholeWeight})`, background: colour }} />
            </span>
            {below && <span className="result-below">{below(optionId)}</span>}
          </li>
        )
      })}
    </ol>
  )
}
