/** What the reconciler reports of a poll, look by look. */
import type { Poll } from '../contracts/poll.ts'
import { reconciliationShape, type Reconciliation, type SourceName } from '../contracts/reconciliation.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { v7 as uuidv7 } from 'uuid'
import { until, voterAt, type Door, type House } from './house.ts'

/** Where one snapshot of Postgres has the same votes. */
export const inPostgres = ['ledger', 'rows', 'shards', 'minutes'] as const satisfies SourceName[]

export async function reportOf(house: House, pollId: string): Promise<Reconciliation | null> {
  const text = await house.redis.hget(redisKeys.reconciliation, pollId)
  return text === null ? null : reconciliationShape.parse(JSON.parse(text))
}

/** The votes that a source has. */
export const votesOf = ({ sources }: Reconciliation, name: SourceName): number | null =>
  sources.find((source) => source.name === name)?.votes ?? null

export const whatDrifts = ({ drifts }: Reconciliation): string[] => drifts.map(({ what }) => what).sort()

/** Resolves with the first report of which this is so. */
export function untilReport(
  house: House,
  pollId: string,
  what: string,
  isSo: (report: Reconciliation) => boolean,
  withinMs?: number,
): Promise<Reconciliation> {
  const ask = async () => {
    const report = await reportOf(house, pollId)
    return report !== null && isSo(report) && report
  }
  return until(what, ask, withinMs)
}

/** Every source that can be read has these votes, and nothing drifts. */
export const agreesOn =
  (votes: number, sources: readonly SourceName[]) =>
  (report: Reconciliation): boolean =>
    report.drifts.length === 0 && sources.every((name) => votesOf(report, name) === votes)

/** Keeps every report of a poll, one for each look, until it is stopped. */
export function keepReports(house: House, pollId: string) {
  const reports = new Map<string, Reconciliation>()
  let isOver = false
  const keeping = (async () => {
    while (!isOver) {
      const report = await reportOf(house, pollId).catch(() => null)
      if (report !== null) reports.set(report.asOf, report)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  })()
  return {
    reports,
    async stop() {
      isOver = true
      await keeping
    },
  }
}

/** What the voters were told: of each accepted vote its voteId and its batch. */
export interface VotersLog {
  readonly accepted: Map<string, string>
  readonly others: unknown[]
}

/** So many people vote once, some at a time, at these doors in turn; `log` is written while they do. */
export async function crowdVotes(
  doors: readonly Door[],
  { pollId, options }: Pick<Poll, 'pollId' | 'options'>,
  people: number,
  log: VotersLog = { accepted: new Map(), others: [] },
  atATime = 40,
): Promise<VotersLog> {
  let started = 0
  const voteOn = async () => {
    while (started < people) {
      const place = started++
      const door = doors[place % doors.length]
      if (door === undefined) throw new Error('no door')
      const optionId = options[place % options.length]?.optionId ?? ''
      const voteId = uuidv7()
      const answer = await voterAt(door).cast({ pollId, optionId, voteId })
      if (answer.accepted) log.accepted.set(voteId, answer.receipt.batchId)
      else log.others.push(answer)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atATime, people) }, voteOn))
  return log
}
