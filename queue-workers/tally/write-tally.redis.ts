/** Brings shards' absolute counts to Redis: a shard only forward, a poll whole or not at all. */
import { readFileSync } from 'node:fs'
import type { Redis, Result } from 'ioredis'
import { z } from 'zod'
import { laneOfShard } from '../../contracts/lanes.ts'
import { laneKeys, redisKeys } from '../../contracts/redis-keys.ts'
import {
  decodeShards,
  encodeShard,
  sumShards,
  type ShardCounts,
  type TallyFrame,
} from '../../contracts/tally.ts'

declare module 'ioredis' {
  interface RedisCommander<Context> {
    urnaWriteTally(...args: (string | number)[]): Result<unknown, Context>
    urnaWriteReceived(...args: (string | number)[]): Result<unknown, Context>
  }
}

const writeLua = readFileSync(new URL('../../contracts/write-tally.lua', import.meta.url), 'utf8')

// KEYS: received. ARGV: shard, votes received through it in all. A lane that does not know the shard is being restored, or
// it is another lane's by now: the number would make room that nobody has.
const receivedLua = `
local was = redis.call('hget', KEYS[1], ARGV[1])
if was and tonumber(was) < tonumber(ARGV[2]) then
  redis.call('hset', KEYS[1], ARGV[1], ARGV[2])
end
return 1`

const writtenShape = z.array(z.string()).nullable()

export interface WriteTally {
  /** Answers the poll's tally as it then stands, or null where Redis has none: then it is to be written whole. */
  readonly one: (pollId: string, shard: ShardCounts) => Promise<TallyFrame | null>
  readonly whole: (pollId: string, shards: readonly ShardCounts[]) => Promise<TallyFrame>
  /** What a shard has received in all, to the lane that it belongs to: a lower number is older and is dropped. */
  readonly received: (shard: number, votes: number) => Promise<void>
  readonly read: (pollId: string) => Promise<TallyFrame>
}

/** `lanes`: a connection for each, the first of which has the house's keys. */
export function makeWriteTally(lanes: readonly [Redis, ...Redis[]]): WriteTally {
  const [redis] = lanes
  redis.defineCommand('urnaWriteTally', { lua: writeLua })
  for (const lane of lanes) lane.defineCommand('urnaWriteReceived', { lua: receivedLua })
  async function write(how: 'one' | 'whole', pollId: string, shards: readonly ShardCounts[]) {
    const args = shards.flatMap((shard) => [shard.shard, shard.seq, encodeShard(shard)])
    const flat = writtenShape.parse(await redis.urnaWriteTally(1, redisKeys.tally(pollId), how, ...args))
    if (flat === null) return null
    const fields: Record<string, string> = {}
    for (let i = 0; i + 1 < flat.length; i += 2) fields[flat[i] ?? ''] = flat[i + 1] ?? ''
    return frameOf(pollId, fields)
  }
  return {
    one: (pollId, shard) => write('one', pollId, [shard]),
    async whole(pollId, shards) {
      const frame = await write('whole', pollId, shards)
      if (frame === null) throw new Error('a whole tally was not taken')
      return frame
    },
    async received(shard, votes) {
      const lane = laneOfShard(shard, lanes.length)
      await lanes[lane]?.urnaWriteReceived(1, laneKeys(lane).received, shard, votes)
    },
    async read(pollId) {
      return frameOf(pollId, await redis.hgetall(redisKeys.tally(pollId)))
    },
  }
}

function frameOf(pollId: string, fields: Readonly<Record<string, string>>): TallyFrame {
  const shards = decodeShards(fields)
  const size = Math.max(0, ...shards.map(({ counts }) => counts.length))
  return sumShards(pollId, size, shards)
}
