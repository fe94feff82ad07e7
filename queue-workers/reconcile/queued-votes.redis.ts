/** Says which batches lie in a lane's queue, and how many votes of each poll they hold, without fetching the votes. */
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { batchQueue, queuePrefix } from '../../contracts/batch.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaBatchHeads(...args: (string | number)[]): Result<unknown, Context>
  }
}

export interface QueuedBatch {
  readonly run: string
  readonly seq: number
  /** Of its run in all, this batch included. */
  readonly accepted: number
  readonly size: number
  readonly polls: readonly { readonly pollNo: number; readonly votes: number }[]
}

// KEYS: jobs. Returns for each 'run|seq|accepted|pollNo,pollNo|votes,votes', '' where it is gone, hollow or no batch.
const lua = `
local found = {}
for i, key in ipairs(KEYS) do
  local data = redis.call('hget', key, 'data') or ''
  local run, seq, accepted, polls, sizes = string.match(data,
    '"run":"([^"]*)","seq":(%d+),"accepted":(%d+).-"polls":%[([%d,]+)%],"sizes":%[([%d,]+)%]')
  found[i] = run and table.concat({ run, seq, accepted, polls, sizes }, '|') or ''
end
return found`

const idsShape = z.array(z.array(z.string()))
const headsShape = z.array(z.string())

// About 40 kB of text a job of 500 votes: half a millisecond of Redis at a time.
const headsAtOnce = 100

/**
 * The batches that wait, are in a worker's hands, or are to be tried again. What a job holds never changes once it is
 * there, so each is read once; one that is done between the two readings is in the ledger by then.
 */
export function makeQueuedVotes(redis: Redis, lane = 0): () => Promise<readonly QueuedBatch[]> {
  const queueKey = (part: string) => `${queuePrefix(lane)}:${batchQueue.name}:${part}`
  redis.defineCommand('urnaBatchHeads', { lua })
  let known = new Map<string, QueuedBatch>()
  return async () => {
    // One transaction: a job that moves from one list to another is in one of them.
    const lists = idsShape.parse(
      await execAll(
        redis
          .multi()
          .lrange(queueKey('wait'), 0, -1)
          .lrange(queueKey('active'), 0, -1)
          .lrange(queueKey('paused'), 0, -1)
          .zrange(queueKey('delayed'), 0, -1)
          .zrange(queueKey('prioritized'), 0, -1)
          .zrange(queueKey('failed'), 0, -1),
      ),
    )
    const ids = lists.flat()
    const found = new Map<string, QueuedBatch>()
    const unread: string[] = []
    for (const id of ids) {
      const its = known.get(id)
      if (its === undefined) unread.push(id)
      else found.set(id, its)
    }
    for (let i = 0; i < unread.length; i += headsAtOnce) {
      const some = unread.slice(i, i + headsAtOnce)
      const heads = headsShape.parse(await redis.urnaBatchHeads(some.length, ...some.map(queueKey)))
      heads.forEach((head, at) => {
        const batch = readHead(head)
        if (batch !== null) found.set(some[at] ?? '', batch)
      })
    }
    known = found
    return [...found.values()]
  }
}

function readHead(text: string): QueuedBatch | null {
  const [run = '', seq, accepted, pollNos = '', sizes = ''] = text.split('|')
  if (run === '') return null
  const votes = sizes.split(',').map(Number)
  const polls = pollNos.split(',').map((pollNo, i) => ({ pollNo: Number(pollNo), votes: votes[i] ?? 0 }))
  const size = polls.reduce((sum, { votes }) => sum + votes, 0)
  return { run, seq: Number(seq), accepted: Number(accepted), size, polls }
}
