/** Each ballot box by itself: its raw counts, its shares, and what it weighs, also where weight is passed on. */
import { percentOf, type BoxCounts, type Result } from '../../../contracts/result.ts'
import { wholeWeight } from '../../../contracts/poll.ts'
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import { percentText } from '../poll-form/weights.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { limitInWords, votersInWords } from '../polls/rules-in-words.ts'
import { totalOf } from './counted-boxes.ts'
import { VotesTable } from './votes-table.tsx'

interface BoxesPanelProps {
  readonly poll: PollParts
  readonly boxes: readonly BoxCounts[]
  readonly result: Result
  readonly freshness: string
}

export function BoxesPanel({ poll, boxes, result, freshness }: BoxesPanelProps) {
  return (
    <section className="panel boxes" aria-labelledby="boxes">
      <h2 id="boxes">Ballot boxes</h2>
      {boxes.map((box, place) => (
        <Box
          key={box.boxId}
          poll={poll}
          box={box}
          shares={result.boxes[place]}
          isAlone={boxes.every((other) => other === box || totalOf(other) === 0)}
        />
      ))}
      <p className="panel-foot">{freshness}</p>
    </section>
  )
}

interface BoxProps {
  readonly poll: PollParts
  readonly box: BoxCounts
  readonly shares: Result['boxes'][number] | undefined
  /** No other box has a vote. */
  readonly isAlone: boolean
}

function Box({ poll, box, shares, isAlone }: BoxProps) {
  const total = totalOf(box)
  const rule = poll.boxes.find(({ boxId }) => boxId === box.boxId)
  const most = Math.max(...box.votes)
  const rows = poll.options.map(({ optionId, text, colour }, place) => {
    const votes = box.votes[place] ?? 0
    const share = shares?.options[place]?.share ?? null
    return {
      ...{ optionId, text, votes, colour: optionColour(colour, place) },
      part: (share ?? 0) / wholeWeight,
      share: share === null ? '–' : `${percentOf(share)} %`,
      leads: votes > 0 && votes === most,
    }
  })
  return (
    <section className="box" aria-label={`Ballot box ${box.boxId}`}>
      <div className="panel-head">
        <h3>
          {box.boxId}{' '}
          {!poll.isRehearsal && <span className="mark">{percentText(box.weight)} % of the result</span>}
        </h3>
        <p className="tally-total">
          <span className="figure">{wholeNumber.format(total)}</span> {total === 1 ? 'vote' : 'votes'}
        </p>
      </div>
      {rule !== undefined && (
        <p className="unit">
          {votersInWords[rule.voters].name}, {limitInWords(rule.limit)}
        </p>
      )}
      {!poll.isRehearsal && shares !== undefined && <PassedOn box={box} shares={shares} isAlone={isAlone} />}
      {total > 0 && <VotesTable rows={rows} caption={`Votes in box ${box.boxId}`} />}
    </section>
  )
}

type PassedOnProps = Pick<BoxProps, 'box' | 'isAlone'> & { readonly shares: Result['boxes'][number] }

function PassedOn({ box, shares, isAlone }: PassedOnProps) {
  if (totalOf(box) === 0) {
    if (isAlone || box.weight === 0) return <p className="panel-empty">No vote yet.</p>
    return (
      <p className="passed-on">
        No vote yet: its {percentText(box.weight)} % are passed on to the boxes that have some.
      </p>
    )
  }
  if (shares.effectiveWeight === box.weight) return null
  return (
    <p className="passed-on">
      Counts for {percentText(shares.effectiveWeight)} % now: boxes without votes have passed on their weight.
    </p>
  )
}
