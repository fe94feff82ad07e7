/** The votes of a poll while they grow, as far as they may be seen: turnout, counts, boxes, weighted result. */
import { useMemo } from 'react'
import type { Line } from '../../../contracts/live.ts'
import { weighResult } from '../../../contracts/result.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { clockWithSeconds } from '../polls/schedule.ts'
import type { TallyFrame } from '../polls/use-tally.ts'
import { BoxesPanel } from './boxes-panel.tsx'
import { countedBoxes } from './counted-boxes.ts'
import { ResultPanel } from './result-panel.tsx'
import { tallyRows } from './tally-rows.ts'
import { TurnoutPanel } from './turnout-panel.tsx'
import { VotesTable } from './votes-table.tsx'
import { WhatIfPanel } from './what-if-panel.tsx'

const percent = new Intl.NumberFormat(undefined, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
})

interface VotesPanelsParts {
  readonly poll: PollParts
  readonly tally: TallyFrame | null
  readonly line: Line
}

export function VotesPanels({ poll, tally, line }: VotesPanelsParts) {
  const freshness = sayFreshness(tally, line)
  if (tally !== null && tally.shows !== 'counts') {
    return <TurnoutPanel poll={poll} tally={tally} freshness={freshness} />
  }
  if (poll.boxes.length === 1) return <TallyPanel poll={poll} tally={tally} freshness={freshness} />
  return <WeighedPanels poll={poll} tally={tally} freshness={freshness} />
}

interface PanelParts {
  readonly poll: PollParts
  readonly tally: TallyFrame | null
  readonly freshness: string
}

/** One box: its counts are the result. */
function TallyPanel({ poll, tally, freshness }: PanelParts) {
  const isEmpty = tally === null || tally.total === 0
  const tallied = tallyRows(poll, tally)
  const leaders = tallied.filter(({ leads }) => leads)
  const rows = tallied.map(({ share, votes, ...row }) => ({
    ...row,
    votes: tally === null ? null : votes,
    part: share / 1_000,
    share: isEmpty ? '–' : percent.format(share / 1_000),
  }))
  return (
    <section className="panel tally" aria-labelledby="tally">
      <div className="panel-head">
        <h2 id="tally">Tally</h2>
        <Total tally={tally} />
      </div>
      {leaders.length > 1 && !isEmpty && (
        <p className="tie">
          A tie: {leaders.map(({ text }) => text).join(', ')} have the same number of votes.
        </p>
      )}
      <VotesTable rows={rows} caption="Votes for each option" />
      <p className="panel-foot">{freshness}</p>
    </section>
  )
}

/** Several boxes: each is counted by itself, and weighed into one result; of a rehearsal there is none. */
function WeighedPanels({ poll, tally, freshness }: PanelParts) {
  const { boxes: ballotBoxes, options } = poll
  const counted = useMemo(
    () => countedBoxes({ boxes: ballotBoxes, options }, tally ?? { boxes: [] }),
    [ballotBoxes, options, tally],
  )
  const result = useMemo(
    () =>
      weighResult(
        options.map(({ optionId }) => optionId),
        counted,
      ),
    [options, counted],
  )
  return (
    <>
      <ResultPanel poll={poll} result={poll.isRehearsal ? null : result}>
        <Total tally={tally} />
      </ResultPanel>
      <BoxesPanel poll={poll} boxes={counted} result={result} freshness={freshness} />
      {!poll.isRehearsal && <WhatIfPanel poll={poll} boxes={counted} />}
    </>
  )
}

function Total({ tally }: { tally: TallyFrame | null }) {
  const total = tally?.total ?? null
  return (
    <p className="tally-total">
      <span className="figure figure-large" data-testid="total">
        {total === null ? '–' : wholeNumber.format(total)}
      </span>{' '}
      {total === 1 ? 'vote' : 'votes'}
    </p>
  )
}

function sayFreshness(tally: TallyFrame | null, line: Line): string {
  if (tally === null)
    return line.at === 'lost' ? 'The tally cannot be had: the line is down.' : 'Reading the tally…'
  const version = `version ${wholeNumber.format(tally.version)}`
  const asOf =
    tally.asOf === null ? 'No vote counted yet' : `As of ${clockWithSeconds.format(new Date(tally.asOf))}`
  const isStale = line.at === 'lost' ? ', not live: the line is down' : ''
  return `${asOf}, ${version}${isStale}`
}
