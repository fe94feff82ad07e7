/** Has a group of votes judged, and those admitted put into a job: one atomic write. */
import { readFileSync } from 'node:fs'
import { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { batchQueue, encodeEntry, groupSize, hollowBatch, queuePrefix } from '../../contracts/batch.ts'
import { laneKeys, type LaneKeys } from '../../contracts/redis-keys.ts'
import type { Log } from '../../runtime/log.ts'
import { RedisFull, type GroupVote } from './judged-vote.ts'
import { readVerdicts, type Judged } from './read-verdicts.ts'

// It goes with each group: what explains it may stay at home.
const lua = ['remembered.lua', 'admit.lua']
  .map((file) => readFileSync(new URL(file, import.meta.url), 'utf8').replace(/^ *(?:--.*\n)?/gm, ''))
  .join('')

// BullMQ never rests a batch in `failed`: this many attempts are more than a century of them.
const attemptsWithoutEnd = 1_000_000_000

const hollow = JSON.stringify(hollowBatch)

/** Which memory is expected, and what the run has put into jobs so far. */
export interface Ground {
  readonly epoch: string
  readonly lowestBeat: number
  readonly run: string
  readonly accepted: number
}

/**
 * Resolves when what it answers stands on Redis, in its synced file. Throws MemoryChanged or RedisFull; then nothing was
 * written.
 * After any other fault it is unclear whether the group was judged: the memory knows, so judge it again, under
 * another batchId.
 */
export type Admit = (batchId: string, votes: readonly GroupVote[], ground: Ground) => Promise<Judged>

/** Of one lane, in which so many votes may wait. */
export function openAdmission(
  redis: Redis,
  mostWaiting: number,
  log: Log,
  lane = 0,
): { readonly admit: Admit } & AsyncDisposable {
  const ofLane = laneKeys(lane)
  const prefix = queuePrefix(lane)
  const queue = new Queue<typeof hollowBatch, void, typeof batchQueue.job>(batchQueue.name, {
    connection: redis,
    prefix,
    skipMetasUpdate: true,
  })
  queue.on('error', (error) => log.debug({ reason: error.message }, 'queue'))
  const queueKey = `${prefix}:${batchQueue.name}`
  const options = { attempts: attemptsWithoutEnd, backoff: { type: 'capped' } }

  return {
    async admit(batchId, votes, { epoch, lowestBeat, run, accepted }) {
      const { keys: pollKeys, args: pollArgs, entries, votePlaces, pollNos } = byPoll(ofLane, votes)
      const { epoch: epochKey, beat, admitted, received, batches } = ofLane
      const keys: string[] = [epochKey, beat, admitted, received, batches]
      keys.push(`${queueKey}:${batchId}`, `${queueKey}:wait`, ...pollKeys)
      const args: (string | number)[] = [epoch, lowestBeat, mostWaiting, run, accepted, batchId, hollow]
      args.push(entries, numbers.slice(0, 3 * votes.length), ...pollArgs)

      const client = await queue.backend.client
      const multi = client.multi()
      await new Job(queue, batchQueue.job, hollowBatch, options, batchId).addJob(multi)
      // With its text: a script that is only named may be unknown to this Redis, and half of a MULTI would stand.
      multi.runCommand('eval', [lua, keys.length, ...keys, ...args])
      // Where it is full, Redis refuses the commands as they come and discards the whole: nothing stands.
      const results = await multi.exec().catch((error: unknown) => {
        throw isFull(error) ? new RedisFull(error) : error
      })
      if (results === null) throw new Error('the admission was discarded')
      for (const [error] of results) {
        if (error === null) continue
        // A script of the queue's that this Redis has forgotten is sent anew on a new connection.
        if (/NOSCRIPT|NOJOB/.test(error.message)) redis.disconnect(true)
        throw error
      }
      return readVerdicts(batchId, votes, votePlaces, pollNos, results.at(-1)?.[1])
    },
    [Symbol.asyncDispose]: () => queue.close(),
  }
}

/** ioredis keeps what was said of each command beside the error of the whole. */
function isFull(error: unknown): boolean {
  const before: unknown = error instanceof Error ? Reflect.get(error, 'previousErrors') : null
  return Array.isArray(before) && before.some((each) => each instanceof Error && /^OOM /.test(each.message))
}

interface OfPoll {
  readonly poll: GroupVote['poll']
  entries: string
  readonly votes: number[]
}

/** A group as the script wants it, poll by poll, and the place of each entry's vote in the group. */
function byPoll(
  ofLane: LaneKeys,
  votes: readonly GroupVote[],
): {
  readonly keys: string[]
  readonly args: (string | number)[]
  readonly entries: string
  readonly votePlaces: readonly number[]
  readonly pollNos: readonly number[]
} {
  // By its id: a poll whose texts change is another record under the same rules, and a voter has one memory in both.
  const polls = new Map<string, OfPoll>()
  let of: OfPoll | undefined
  for (let i = 0; i < votes.length; i++) {
    const vote = votes[i]
    if (vote === undefined) continue
    if (of?.poll !== vote.poll) {
      const rules = `${vote.poll.pollId} ${vote.poll.rulesVersion}`
      of = polls.get(rules)
      if (of === undefined) {
        of = { poll: vote.poll, entries: '', votes: [] }
        polls.set(rules, of)
      }
    }
    of.entries += encodeEntry(vote)
    of.votes.push(i)
  }
  const all = [...polls.values()]
  return {
    keys: all.flatMap(({ poll: { pollId } }) => [
      ...[ofLane.rules(pollId), ofLane.memory(pollId)],
      ...[ofLane.recent(pollId, 0), ofLane.recent(pollId, 1), ofLane.recent(pollId, 2)],
      ofLane.acceptedOfPoll(pollId),
    ]),
    args: all.flatMap(({ poll, votes }) => [poll.rulesVersion, poll.pollNo, votes.length]),
    entries: all.map(({ entries }) => entries).join(''),
    votePlaces: all.flatMap(({ votes }) => votes),
    pollNos: all.map(({ poll }) => poll.pollNo),
  }
}

// One text of the numbers that positions are cut from.
const numbers = Array.from({ length: groupSize }, (_, i) => String(i).padStart(3, '0')).join('')
