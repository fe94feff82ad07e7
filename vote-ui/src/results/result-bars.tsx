/** The count as bars that grow: share, number, and which one was the viewer's own. */
import type { CSSProperties } from 'react'
import type { ResultRow } from './rows.ts'

/** The option of the viewer's own vote, and how that is told. */
export interface OwnOption {
  readonly optionId: string
  readonly word: 'Your vote' | 'Your last vote'
}

interface ResultBarsParts {
  readonly rows: readonly ResultRow[]
  readonly own: OwnOption | null
  /** Whether the leaders are named: a count that goes on, or a rehearsal, has none. */
  readonly final: boolean
}

const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const whole = new Intl.NumberFormat()

export function ResultBars({ rows, own, final }: ResultBarsParts) {
  const leaders = rows.filter(({ leads }) => leads).length
  return (
    <ol className="bars">
      {rows.map(({ optionId, text, colour, votes, tenths, leads }) => {
        const style: CSSProperties & Record<'--option' | '--share', string> = {
          '--option': colour,
          '--share': `${tenths / 10}%`,
        }
        const isOwn = optionId === own?.optionId
        return (
          <li key={optionId} className="bar" style={style} data-own={isOwn || undefined}>
            <span className="bar-text">
              <bdi>{text}</bdi>
              {isOwn && <span className="badge badge-own">{own.word}</span>}
              {final && leads && (
                <span className="badge badge-spark">{leaders > 1 ? 'Tied first' : 'Most votes'}</span>
              )}
            </span>
            <span className="bar-share">{percent.format(tenths / 1000)}</span>
            <span className="bar-track" aria-hidden="true">
              <span className="bar-fill" />
            </span>
            <span className="bar-votes">
              {whole.format(votes)} {votes === 1 ? 'vote' : 'votes'}
            </span>
          </li>
        )
      })}
    </ol>
  )
}

export const wholeNumber = (count: number): string => whole.format(count)
