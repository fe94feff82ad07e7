/** Says which batches lie in a lane's queue, and how many votes of each poll they hold, without fetching the votes. */
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { batchQueue, entryParts, entryWidth, queuePrefix } from '../../contracts/batch.ts'
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

// KEYS: jobs. Returns for each 'run|seq|accepted|pollNo:votes,pollNo:votes', '' where it is gone, hollow or no batch.
// Nearly every batch is of one poll: then its length says all. Else the place that begins each entry is looked at.
const lua = `
local width, found = ${entryWidth}, {}
for i, key in ipairs(KEYS) do
  local data = redis.call('hget', key, 'data') or ''
  local run, seq, accepted, polls, from = string.match(data,
    '"run":"([^"]*)","seq":(%d+),"accepted":(%d+).-"polls":%[([%d,]+)%],"votes":"()')
  found[i] = ''
  if run then
    local pollNos, votes = {}, {}
    for pollNo in string.gmatch(polls, '%d+') do
      pollNos[#pollNos + 1] = pollNo
      votes[#votes + 1] = 0
    end
    local size = math.floor((#data - from - 1) / width)
    if #pollNos == 1 then
      votes[1] = size
    else
      for n = 0, size - 1 do
        local place = tonumber(string.sub(data, from + n * width, from + n * width + ${entryParts.optionNo - 1})) + 1
        votes[place] = (votes[place] or 0) + 1
      end
    end
    local parts = {}
    for p, pollNo in ipairs(pollNos) do
      parts[p] = pollNo .. ':' .. votes[p]
    end
    found[i] = run .. '|' .. seq .. '|' .. accepted .. '|' .. table.concat(parts, ',')
  end
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
  const [run = '', seq, accepted, parts = ''] = text.split('|')
  if (run === '') return null
  const polls = parts.split(',').map((part) => {
    const [pollNo, votes] = part.split(':')
    return { pollNo: Number(pollNo), votes: Number(votes) }
  })
  const size = polls.reduce((sum, { votes }) => sum + votes, 0)
  return { run, seq: Number(seq), accepted: Number(accepted), size, polls }
}
