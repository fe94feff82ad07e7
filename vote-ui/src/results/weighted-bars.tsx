/** The weighted result as bars: the weighted share big, each box' own share below it. */
import type { CSSProperties } from 'react'
import { boxName } from '../cast/boxes.ts'
import { basisPoints } from '../cast/rule-words.ts'
import { wholeNumber, type OwnOption } from './result-bars.tsx'
import type { WeightedBox, WeightedRow } from './weighted-rows.ts'

interface WeightedBarsParts {
  readonly rows: readonly WeightedRow[]
  readonly boxes: readonly WeightedBox[]
  readonly own: OwnOption | null
  readonly final: boolean
}

const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
})
const shareText = (share: number | null) => (share === null ? '–' : percent.format(share / 10_000))

export function WeightedBars({ rows, boxes, own, final }: WeightedBarsParts) {
  const hasVotes = boxes.some(({ total }) => total > 0)
  return (
    <>
      <ul className="weights" aria-label="What each ballot box weighs">
        {boxes.map((box) => (
          <li key={box.boxId}>
            <strong>{boxName(box.boxId)}</strong> {basisPoints(box.weight)}
            <span className="weights-note">
              {wholeNumber(box.total)} {box.total === 1 ? 'vote' : 'votes'}
              {hasVotes && box.effectiveWeight !== box.weight && ` · ${passedOn(box)}`}
            </span>
          </li>
        ))}
      </ul>
      <ol className="bars">
        {rows.map(({ optionId, text, colour, share, rank, isTied, parts }) => {
          const style: CSSProperties & Record<'--option' | '--share', string> = {
            '--option': colour,
            '--share': `${(share ?? 0) / 100}%`,
          }
          const place = final && hasVotes ? placeWord(rank, isTied) : null
          return (
            <li
              key={optionId}
              className="bar"
              style={style}
              data-own={own?.optionId === optionId || undefined}
            >
              <span className="bar-text">
                <bdi>{text}</bdi>
                {own?.optionId === optionId && <span className="badge badge-own">{own.word}</span>}
                {place !== null && (
                  <span className={rank === 1 ? 'badge badge-spark' : 'badge badge-plain'}>{place}</span>
                )}
              </span>
              <span className="bar-share">{shareText(share)}</span>
              <span className="bar-track" aria-hidden="true">
                <span className="bar-fill" />
              </span>
              <ul className="bar-parts">
                {parts.map((part) => {
                  const its: CSSProperties & Record<'--share', string> = {
                    '--share': `${(part.share ?? 0) / 100}%`,
                  }
                  return (
                    <li key={part.boxId} style={its}>
                      <span>{boxName(part.boxId)}</span> <span>{shareText(part.share)}</span>
                      <span className="part-track" aria-hidden="true">
                        <span className="bar-fill" />
                      </span>
                    </li>
                  )
                })}
              </ul>
            </li>
          )
        })}
      </ol>
    </>
  )
}

function passedOn({ total, effectiveWeight }: WeightedBox): string {
  if (total === 0) return 'its weight passes on to the others'
  return `weighs ${basisPoints(effectiveWeight)} for now`
}

function placeWord(rank: number, isTied: boolean): string | null {
  if (rank === 1) return isTied ? 'Tied first' : 'First'
  return isTied ? 'Tied' : null
}
