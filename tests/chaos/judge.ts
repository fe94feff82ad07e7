/** Compares what the voters were told with what can be seen from outside, set by set, and names every disagreement. */
import { rowHash } from '../row-hash.ts'
import type { StolenShard } from './row-deeds.pg.ts'
import { countedOf, toldOf, type Seen, type SeenVote } from './seen.ts'
import type { ChaosPoll, LoggedVote } from './voters.ts'

/** By which sign something is wrong. */
export type Sign =
  | 'lost'
  | 'not-counted'
  | 'not-streamed'
  | 'shown'
  | 'double'
  | 'stray'
  | 'refused-but-stored'
  | 'refused-without-cause'
  | 'limit-passed'
  | 'receipt'
  | 'status'
  | 'unanswered'
  | 'chain'
  | 'fence'
  | 'stuck'
  | 'rejected'
  | 'books'
  | 'certificate'
  | 'export'

export interface Disagreement {
  readonly sign: Sign
  readonly says: string
}

/** One line of the table; `lost` and `double` are votes, at whatever hop. */
export interface PollLine {
  readonly name: string
  readonly acknowledged: number
  readonly stored: number
  readonly counted: number
  readonly streamed: number
  readonly shown: number
  readonly lost: number
  readonly double: number
}

export interface Verdict {
  readonly lines: readonly PollLine[]
  readonly disagreements: readonly Disagreement[]
}

/** What the voters and the faults know. */
export interface Known {
  readonly polls: readonly ChaosPoll[]
  readonly log: readonly LoggedVote[]
  readonly stolen: readonly StolenShard[]
  /** How often Redis was emptied: what was only queued may be lost, as far as it is named. */
  readonly forgotten: number
}

/** A run shows something only where at least half of its faults met votes in flight. */
export const isTooGentle = (met: number, faults: number): boolean => met < faults / 2

// Enough to see the pattern; all of them lie in the evidence.
const mostExamples = 5

export function judge(known: Known, seen: Seen): Verdict {
  const disagreements: Disagreement[] = []
  const say = (sign: Sign, what: string, examples: readonly string[] = []) => {
    const shown = examples.slice(0, mostExamples).join(', ')
    const more = examples.length > mostExamples ? ' ...' : ''
    disagreements.push({ sign, says: examples.length === 0 ? what : `${what}: ${shown}${more}` })
  }
  const counted = seen.ledger.flatMap(({ content }) => countedOf(content))
  const streamed = seen.events.flatMap(({ content }) => countedOf(content))
  const lines = known.polls.map((poll) => judgePoll(poll, known, { ...seen, counted, streamed }, say))
  judgeChains(seen, say)
  judgeRejected(seen, say)
  judgeEvents(seen, say)
  judgeStatuses(known, seen, say)
  for (const { shard, before, after } of known.stolen) {
    const polls = new Set([...Object.keys(before), ...Object.keys(after)])
    const grown = [...polls].reduce((sum, poll) => sum + (after[poll] ?? 0) - (before[poll] ?? 0), 0)
    if (grown !== 0)
      say('fence', `shard ${shard} was another owner's, and ${grown} rows were stored in it meanwhile`)
  }
  if (seen.jobsLeft > 0) say('stuck', `${seen.jobsLeft} jobs are still in the queue`)
  if (seen.unemitted > 0) say('stuck', `${seen.unemitted} ledger rows are not marked as emitted`)
  if (known.forgotten > 0) {
    const lost = lines.reduce((sum, line) => sum + line.lost, 0)
    if (lost > seen.missing.votes)
      say('lost', `${lost} votes are lost and only ${seen.missing.votes} of them are named`)
  } else if (seen.missing.batches > 0)
    say('lost', `${seen.missing.batches} batches that were numbered are not in the ledger`)
  return { lines, disagreements }
}

type Say = (sign: Sign, what: string, examples?: readonly string[]) => void

function judgePoll(
  poll: ChaosPoll,
  { log, forgotten }: Known,
  seen: Seen & { readonly counted: readonly SeenVote[]; readonly streamed: readonly SeenVote[] },
  say: Say,
): PollLine {
  const isIts = ({ pollId }: { readonly pollId: string }) => pollId === poll.pollId
  const votes = log.filter(isIts)
  const by = new Map(votes.map((vote) => [vote.voteId, vote]))
  const acknowledged = votes.filter((vote) => toldOf(vote) === 'accepted')
  const hops = {
    stored: seen.rows.filter(isIts),
    counted: seen.counted.filter(isIts),
    streamed: seen.streamed.filter(isIts),
  }
  const lost = new Set<string>()
  const double = new Set<string>()
  const signs = { stored: 'lost', counted: 'not-counted', streamed: 'not-streamed' } as const
  const places = new Map(hops.stored.map((vote) => [vote.voteId, vote]))
  for (const hop of ['stored', 'counted', 'streamed'] as const) {
    const times = timesOf(hops[hop])
    // Each hop answers for what came out of the one before it.
    const expected = hop === 'stored' ? acknowledged.map(({ voteId }) => voteId) : [...places.keys()]
    const missing = expected.filter((voteId) => !times.has(voteId))
    for (const voteId of missing) lost.add(voteId)
    // What Redis had forgotten is weighed against what is named, at the end.
    if (missing.length > 0 && !(forgotten > 0 && hop === 'stored'))
      say(signs[hop], `${poll.name}: ${missing.length} votes were accepted and are not ${hop}`, missing)
    const more = [...times].flatMap(([voteId, many]) => (many > 1 ? [voteId] : []))
    for (const voteId of more) double.add(voteId)
    if (more.length > 0) say('double', `${poll.name}: ${more.length} votes are ${hop} more than once`, more)
    const strays = hops[hop].filter(({ voteId, optionId }) => by.get(voteId)?.optionId !== optionId)
    if (strays.length > 0) {
      const ids = strays.map(({ voteId, optionId }) => `${voteId} for ${optionId}`)
      say('stray', `${poll.name}: ${strays.length} votes are ${hop} that nobody sent like this`, ids)
    }
  }
  judgeAnswers(poll, votes, places, forgotten, say)
  const shown = judgeShown(poll, hops.stored, seen, say)
  return {
    name: poll.name,
    acknowledged: acknowledged.length,
    stored: hops.stored.length,
    counted: hops.counted.length,
    streamed: hops.streamed.length,
    ...{ shown, lost: lost.size, double: double.size },
  }
}

/** What was refused has no row, and had a reason to be; nobody passed a limit; a receipt says where the vote lies. */
function judgeAnswers(
  poll: ChaosPoll,
  votes: readonly LoggedVote[],
  places: ReadonlyMap<string, SeenVote>,
  forgotten: number,
  say: Say,
): void {
  const { name, limit } = poll
  const perVoter = new Map<number, number>()
  for (const { voter, voteId } of votes)
    if (places.has(voteId)) perVoter.set(voter, (perVoter.get(voter) ?? 0) + 1)
  const refused = votes.filter((vote) => toldOf(vote) === 'refused')
  const stored = refused.filter(({ voteId }) => places.has(voteId))
  // Where Redis forgot, a vote in a worker's hands may be stored while its voter, who cast on, has heard of the limit.
  if (stored.length > 0 && (forgotten === 0 || limit === 1)) {
    const ids = stored.map(({ voteId }) => voteId)
    say('refused-but-stored', `${name}: ${stored.length} votes were refused and are stored`, ids)
  }
  const right = limit === 1 ? 'already-voted' : limit === null ? null : 'limit-reached'
  const without = refused.filter(({ voter, answers }) => {
    const isRight = answers.every((answer) => !answer.accepted && answer.reason === right)
    return !isRight || (forgotten === 0 && (perVoter.get(voter) ?? 0) < (limit ?? 0))
  })
  if (without.length > 0) {
    const ids = without.map(({ voteId, answers }) => `${voteId} ${JSON.stringify(answers.at(-1))}`)
    say('refused-without-cause', `${name}: ${without.length} votes were refused without cause`, ids)
  }
  const unanswered = votes.filter((vote) => toldOf(vote) === 'nothing')
  if (unanswered.length > 0) {
    const ids = unanswered.map(({ voteId, faults }) => `${voteId} (${faults.at(-1) ?? 'no fault'})`)
    say('unanswered', `${name}: ${unanswered.length} votes never got an answer`, ids)
  }
  // What a worker had in hand when Redis forgot is not in the memory that is restored: a limit above one vote, which no
  // key of Postgres knows, is then passed by at most these.
  const most = limit === null ? Infinity : limit === 1 ? 1 : limit * (1 + forgotten)
  const past = [...perVoter].filter(([, many]) => many > most)
  if (past.length > 0) {
    const who = past.map(([voter, many]) => `voter ${voter} with ${many}`)
    say('limit-passed', `${name}: ${past.length} voters have more than ${limit ?? 0} votes`, who)
  }
  if (forgotten > 0) return
  const astray = votes.filter(({ voteId, answers }) => {
    const row = places.get(voteId)
    return answers.some((answer) => {
      if (!answer.accepted || row === undefined) return false
      return answer.receipt.batchId !== row.batchId || answer.receipt.position !== row.position
    })
  })
  if (astray.length > 0) {
    const ids = astray.map(({ voteId }) => voteId)
    say('receipt', `${name}: ${astray.length} votes do not lie where their receipt says`, ids)
  }
}

/** Answers what is shown, by whoever disagrees most with the rows. */
function judgeShown(poll: ChaosPoll, rows: readonly SeenVote[], seen: Seen, say: Say): number {
  const expected: Record<string, number> = {}
  for (const { optionId } of rows) expected[optionId] = (expected[optionId] ?? 0) + 1
  let worst = rows.length
  for (const { by, pollId, options } of seen.tallies) {
    if (pollId !== poll.pollId) continue
    const total = Object.values(options).reduce((sum, n) => sum + n, 0)
    if (Math.abs(total - rows.length) > Math.abs(worst - rows.length)) worst = total
    const wrong = poll.optionIds.filter((id) => (options[id] ?? 0) !== (expected[id] ?? 0))
    if (wrong.length === 0) continue
    const how = wrong.map((id) => `${options[id] ?? 0} for ${id}, of which ${expected[id] ?? 0} are stored`)
    say('shown', `${poll.name}: ${by} shows`, how)
  }
  return worst
}

/** Each (poll, shard) has its rows from 1 without gaps, each hash follows from the one before. */
function judgeChains({ ledger }: Seen, say: Say): void {
  const chains = Map.groupBy(ledger, ({ content, shard }) => `poll ${content.pollId} shard ${shard}`)
  for (const [name, rows] of chains) {
    let before: Buffer = Buffer.alloc(32)
    for (const [i, row] of rows.toSorted((a, b) => a.seq - b.seq).entries()) {
      if (row.seq !== i + 1) {
        say('chain', `${name}: row ${row.seq} stands where ${i + 1} belongs`)
        break
      }
      before = rowHash(before, Buffer.from(row.bytes))
      if (before.toString('hex') === row.hash) continue
      say('chain', `${name}: the hash of row ${row.seq} does not follow from the row before`)
      break
    }
  }
}

/** All that these voters send can be stored: whatever stands in its way, nothing of it is rejected. */
function judgeRejected({ ledger }: Seen, say: Say): void {
  const rejected = ledger.flatMap(({ content }) =>
    content.uncounted.flatMap(({ position, outcome, why }) =>
      outcome === 'rejected' ? [`${content.batchId} ${position} (${why ?? 'no reason'})`] : [],
    ),
  )
  if (rejected.length > 0) say('rejected', `${rejected.length} votes were rejected`, rejected)
}

/** What Kafka has is what the ledger has, row by row. */
function judgeEvents({ ledger, events }: Seen, say: Say): void {
  const rows = new Map(ledger.map(({ content, bytes }) => [`${content.batchId}/${content.pollId}`, bytes]))
  const strange = events.filter(({ id, bytes }) => rows.get(id) !== bytes)
  if (strange.length > 0) {
    const ids = strange.map(({ id }) => id)
    say('stray', `${strange.length} events on Kafka are not as the ledger has them`, ids)
  }
}

function judgeStatuses({ log, forgotten }: Known, { statuses, rows }: Seen, say: Say): void {
  const stored = new Set(rows.map(({ voteId }) => voteId))
  const known = new Set(log.map(({ voteId }) => voteId))
  // Only where Redis forgot is a vote admitted twice; its receipt may then name the batch of the repeat.
  const isStored = (state: string) => state === 'counted' || (forgotten > 0 && state === 'repeat')
  const wrong = statuses.filter(
    ({ voteId, state }) => known.has(voteId) && isStored(state) !== stored.has(voteId),
  )
  if (wrong.length === 0) return
  const how = wrong.map(({ voteId, state }) => `${voteId} ${state}`)
  say('status', `of ${statuses.length} votes that were asked for, ${wrong.length} have a wrong status`, how)
}

function timesOf(votes: readonly SeenVote[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const { voteId } of votes) times.set(voteId, (times.get(voteId) ?? 0) + 1)
  return times
}
