/** The count as bars that grow: share, number, and which one was the viewer's own. */
import type { CSSProperties } from 'react'
import type { ResultRow } from './rows.ts'

interface ResultBarsParts {
  readonly rows: readonly ResultRow[]
  readonly ownOptionId: string | null
  readonly final: boolean
}

const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})
const whole = new Intl.NumberFormat()

export function ResultBars({ rows, ownOptionId, final }: ResultBarsParts) {
  const leaders = rows.filter(({ leads }) => leads).length
  return (
    <ol className="bars">
      {rows.map(({ optionId, text, colour, votes, tenths, leads }) => {
        const style: CSSProperties & Record<'--option' | '--share', string> = {
          '--option': colour,
          '--share': `${tenths / 10}%`,
        }
        const own = optionId === ownOptionId
        return (
          <li key={optionId} className="bar" style={style} data-own={own || undefined}>
            <span className="bar-text">
              {text}
              {own && <span className="badge badge-own">Your vote</span>}
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
