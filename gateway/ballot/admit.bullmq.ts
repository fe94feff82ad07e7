/** Has a group of votes judged, and those admitted put into a job: one atomic write. */
import { readFileSync } from 'node:fs'
import { Job, Queue } from 'bullmq'
import type { Redis } from 'ioredis'
import { batchQueue, encodeEntry, hollowBatch } from '../../contracts/batch.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import type { Log } from '../../runtime/log.ts'
import type { GroupVote } from './judged-vote.ts'
import { readVerdicts, type Judged } from './read-verdicts.ts'

const lua = readFileSync(new URL('admit.lua', import.meta.url), 'utf8')

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
 * Resolves when what it answers stands on Redis, in its synced file. Throws MemoryChanged; then nothing was written.
 * After any other fault it is unclear whether the group was judged: the memory knows, so judge it again, under
 * another batchId.
 */
export type Admit = (batchId: string, votes: readonly GroupVote[], ground: Ground) => Promise<Judged>

export function openAdmission(
  redis: Redis,
  mostWaiting: number,
  log: Log,
): { readonly admit: Admit } & AsyncDisposable {
  const queue = new Queue<typeof hollowBatch, void, typeof batchQueue.job>(batchQueue.name, {
    connection: redis,
    prefix: batchQueue.prefix,
    skipMetasUpdate: true,
  })
  queue.on('error', (error) => log.debug({ reason: error.message }, 'queue'))
  const queueKey = `${batchQueue.prefix}:${batchQueue.name}`
  const options = { attempts: attemptsWithoutEnd, backoff: { type: 'capped' } }

  return {
    async admit(batchId, votes, { epoch, lowestBeat, run, accepted }) {
      const { keys: pollKeys, args: pollArgs, entries } = describe(votes)
      const { admitted, received, batches } = redisKeys
      const keys: string[] = [redisKeys.epoch, redisKeys.beat, admitted, received, batches]
      keys.push(`${queueKey}:${batchId}`, `${queueKey}:wait`, ...pollKeys)
      const args = [epoch, lowestBeat, mostWaiting, run, accepted, batchId, hollow, entries, ...pollArgs]

      const client = await queue.backend.client
      const multi = client.multi()
      await new Job(queue, batchQueue.job, hollowBatch, options, batchId).addJob(multi)
      // With its text: a script that is only named may be unknown to this Redis, and half of a MULTI would stand.
      multi.runCommand('eval', [lua, keys.length, ...keys, ...args])
      const results = await multi.exec()
      if (results === null) throw new Error('the admission was discarded')
      for (const [error] of results) {
        if (error === null) continue
        // A script of the queue's that this Redis has forgotten is sent anew on a new connection.
        if (/NOSCRIPT|NOJOB/.test(error.message)) redis.disconnect(true)
        throw error
      }
      return readVerdicts(batchId, results.at(-1)?.[1])
    },
    [Symbol.asyncDispose]: () => queue.close(),
  }
}

/** The group's polls, each once, and its votes as entries that name them by their place. */
function describe(votes: readonly GroupVote[]): {
  readonly keys: string[]
  readonly args: (string | number)[]
  readonly entries: string
} {
  const placeOf = new Map<GroupVote['poll'], number>()
  const keys: string[] = []
  const versions: number[] = []
  let entries = ''
  for (const vote of votes) {
    const { poll } = vote
    let pollPlace = placeOf.get(poll)
    if (pollPlace === undefined) {
      pollPlace = placeOf.size
      placeOf.set(poll, pollPlace)
      keys.push(redisKeys.rules(poll.pollId), redisKeys.memory(poll.pollId), redisKeys.used(poll.pollId))
      versions.push(poll.rulesVersion, poll.pollNo)
    }
    entries += encodeEntry({ pollPlace, ...vote })
  }
  return { keys, args: [placeOf.size, ...versions], entries }
}
