/** Adds up what rows of the ledger say: rows for the tables of the read model, sorted by their keys. */
import type { VotesRecorded } from '../../../contracts/events.ts'
import type { Uncounted } from '../../../contracts/ledger.ts'

const minuteMs = 60_000
const minuteOf = (iso: string) => new Date(Math.floor(Date.parse(iso) / minuteMs) * minuteMs).toISOString()

/** For a person; a rejected vote brings its own. */
const whyNot = {
  repeat: 'the same vote came twice',
  refused: 'this voter had a vote already',
  rejected: 'it could not be stored',
} as const
const whyOf = ({ outcome, why }: Uncounted): string => why ?? whyNot[outcome]

type Cell = string | number

function makeSums() {
  const sums = new Map<string, { readonly key: readonly string[]; votes: number }>()
  return {
    add(votes: number, ...key: string[]) {
      const name = JSON.stringify(key)
      const sum = sums.get(name)
      if (sum === undefined) sums.set(name, { key, votes })
      else sum.votes += votes
    },
    rows: (): Cell[][] =>
      [...sums].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { key, votes }]) => [...key, votes]),
  }
}

/** Counted votes of one row by box and option: many votes, few choices. */
function countChoices({ votes, uncounted }: VotesRecorded['data']) {
  const others = new Set(uncounted.map(({ position }) => position))
  const boxes = new Map<string, Map<string, number>>()
  for (const [position, , box, option] of votes) {
    if (others.has(position)) continue
    const options = boxes.get(box) ?? new Map<string, number>()
    boxes.set(box, options)
    options.set(option, (options.get(option) ?? 0) + 1)
  }
  return boxes
}

/** minutes and options: what was counted, with and without the minute of its acceptance; the last cell is a number. */
export function addUpVotes(events: readonly Pick<VotesRecorded, 'time' | 'data'>[]) {
  const progress = new Map<string, { batches: number; asOf: string }>()
  const [minutes, options, outcomes] = [makeSums(), makeSums(), makeSums()]
  for (const { time, data } of events) {
    const { pollId } = data
    const { batches, asOf } = progress.get(pollId) ?? { batches: 0, asOf: time }
    progress.set(pollId, { batches: batches + 1, asOf: asOf > time ? asOf : time })
    for (const vote of data.uncounted) outcomes.add(1, pollId, vote.outcome, whyOf(vote))
    const minute = minuteOf(data.acceptedAt)
    for (const [box, choices] of countChoices(data)) {
      for (const [option, votes] of choices) {
        minutes.add(votes, pollId, minute, box, option)
        options.add(votes, pollId, box, option)
      }
    }
  }
  return {
    progress: [...progress]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([pollId, { batches, asOf }]): Cell[] => [pollId, batches, asOf]),
    ...{ minutes: minutes.rows(), options: options.rows(), outcomes: outcomes.rows() },
  }
}
