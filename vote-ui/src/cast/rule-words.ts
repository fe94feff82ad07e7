/** The rule of a ballot box in plain words: how often, what is left, who may, what it weighs. */
import type { BallotBox, VoteLimit } from '../../../contracts/poll.ts'
import { timeFrom } from '../time/when.ts'
import type { Turn } from './turn.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** "7 votes a minute; 3 left". */
export function ruleWords({ limit }: Pick<BallotBox, 'limit'>, turn: Turn, nowMs: number): string {
  const rule = limitWords(limit)
  if (limit === null) return `${rule}.`
  if (limit.votes === 1 && limit.perSeconds === null)
    return turn.at === 'spent' ? 'One vote, and it is cast.' : 'One vote. It is final.'
  switch (turn.at) {
    case 'waiting':
      return `${rule}; next possible at ${nextTime(limit, turn.untilMs, nowMs)}.`
    case 'spent':
      return `${rule}; all are cast.`
    case 'ready':
      return turn.left === null ? `${rule}.` : `${rule}; ${turn.left} left.`
    case 'identity-needed':
      return `${rule}.`
  }
}

/** The time of the next vote; in a window under an hour a minute is much. */
export const nextTime = (limit: VoteLimit | null, untilMs: number, nowMs: number): string =>
  timeFrom(untilMs, nowMs, (limit?.perSeconds ?? hour) < hour ? 'second' : 'minute')

/** "One vote", "10 votes in any 24 hours", "7 votes a minute". */
export function limitWords(limit: VoteLimit | null): string {
  if (limit === null) return 'As many votes as you like'
  const votes = limit.votes === 1 ? 'One vote' : `${limit.votes} votes`
  if (limit.perSeconds !== null) return `${votes} ${windowWords(limit.perSeconds)}`
  return limit.votes === 1 ? votes : `${votes} in this poll`
}

/** A day's window slides: "a day" would be heard as "until midnight". */
function windowWords(seconds: number): string {
  if (seconds === 1) return 'a second'
  if (seconds === minute) return 'a minute'
  if (seconds === hour) return 'an hour'
  if (seconds > day && seconds % day === 0) return `in any ${seconds / day} days`
  if (seconds % hour === 0) return `in any ${seconds / hour} hours`
  if (seconds % minute === 0) return `in any ${seconds / minute} minutes`
  return `in any ${seconds} seconds`
}

export const whoWords = (voters: BallotBox['voters']): string =>
  voters === 'verified' ? 'For verified voters' : 'For everyone'

/** "70 % of the result": hundredths only where there are some. */
export function weightWords(weight: number): string {
  if (weight === 0) return 'Does not change the result'
  return `${basisPoints(weight)} of the result`
}

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 })
export const basisPoints = (points: number): string => percent.format(points / 10_000)

/** "Votes that reach us up to 2 s after the close count."; nothing where there is no such time. */
export function lateWords({
  closesAt,
  graceMs,
}: {
  closesAt: string | null
  graceMs: number
}): string | null {
  if (closesAt === null || graceMs === 0) return null
  return `Votes that reach us up to ${graceMs / 1_000} s after the close count.`
}
