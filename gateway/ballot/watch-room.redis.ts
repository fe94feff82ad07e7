/** Looks once a second at how many votes wait on Redis and how full it is, for the metrics and for the door. */
import { z } from 'zod'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { Lane, Lanes } from '../lanes.ts'

const lookEveryMs = 1_000

/**
 * The door closes when Redis has used this share of its `maxmemory`: workers need room to take votes off the queue, so a
 * Redis that were filled to the last byte could not be emptied either. 60,000 votes of 0.5 kB between two looks are 30 MB:
 * 5 % of 600 MB.
 */
const fullAt = 0.95

const numbers = z.array(z.coerce.number())
const answersShape = z.tuple([
  z.tuple([z.null(), numbers]),
  z.tuple([z.null(), numbers]),
  z.tuple([z.null(), z.string()]),
])

export interface RoomOnRedis extends AsyncDisposable {
  /**
   * Votes that wait; what Redis holds, and the most that it may, in bytes, 0 = no bound: of a cluster, what the fullest
   * node of a lane does. All as of the last look.
   */
  readonly seen: () => { readonly waiting: number; readonly usedBytes: number; readonly mostBytes: number }
  readonly isNearlyFull: () => boolean
}

export function watchRoom(lanes: Lanes, log: Log): RoomOnRedis {
  let seen = { waiting: 0, usedBytes: 0, mostBytes: 0 }
  let isFull = false

  async function look(): Promise<void> {
    const asked = await Promise.allSettled(lanes.map(roomOf))
    const rooms = asked.flatMap((its) => (its.status === 'fulfilled' ? [its.value] : []))
    // Of lanes that are away nothing is known; nobody votes there either.
    if (rooms.length === 0) throw new Error('Redis is away')
    const fullest = rooms.reduce((full, its) => (fullness(its) > fullness(full) ? its : full))
    seen = { ...fullest, waiting: rooms.reduce((total, { waiting }) => total + waiting, 0) }
    const wasFull = isFull
    isFull = fullness(seen) >= fullAt
    if (isFull && !wasFull) log.error(seen, 'Redis is nearly full: votes are refused until it has room')
    if (!isFull && wasFull) log.warn(seen, 'Redis has room again')
  }

  const looking = repeat(lookEveryMs, look, (error) =>
    log.debug({ err: error }, 'could not look at the room on Redis'),
  )
  return {
    seen: () => seen,
    isNearlyFull: () => isFull,
    [Symbol.asyncDispose]: () => looking.stop(),
  }
}

type Room = ReturnType<RoomOnRedis['seen']>

const fullness = ({ usedBytes, mostBytes }: Room) => (mostBytes > 0 ? usedBytes / mostBytes : 0)

async function roomOf({ redis, keys }: Lane): Promise<Room> {
  const [[, admitted], [, received], [, memory]] = answersShape.parse(
    await redis.multi().hvals(keys.admitted).hvals(keys.received).info('memory').exec(),
  )
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0)
  const bytes = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(memory)?.[1] ?? 0)
  return {
    waiting: Math.max(0, sum(admitted) - sum(received)),
    usedBytes: bytes('used_memory'),
    mostBytes: bytes('maxmemory'),
  }
}
