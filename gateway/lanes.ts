/** The lanes of the house as a gateway reaches them. */
import type { Redis } from 'ioredis'
import { laneOfVoter } from '../contracts/lanes.ts'
import { laneKeys, type LaneKeys } from '../contracts/redis-keys.ts'

export interface Lane {
  readonly no: number
  readonly keys: LaneKeys
  /** A connection of the lane's own: on a cluster, another lane may be on another node. */
  readonly redis: Redis
}

/** The first lane carries the house's keys as well. */
export type Lanes = readonly [Lane, ...Lane[]]

export function makeLanes(hashTags: number, connect: (key: string) => Redis): Lanes {
  const make = (no: number): Lane => {
    const keys = laneKeys(no)
    return { no, keys, redis: connect(keys.epoch) }
  }
  return [make(0), ...Array.from({ length: hashTags - 1 }, (_, i) => make(i + 1))]
}

/** A house of one lane, on this connection. */
export const oneLane = (redis: Redis): Lanes => makeLanes(1, () => redis)

/** Null where a poll was spread over more lanes than this house has left: such a one has ended. */
export type LaneOf = (pollId: string, voterKey: string) => Lane | null

export function makeLaneOf(lanes: Lanes, hashTagsOf: (pollId: string) => number): LaneOf {
  return (pollId, voterKey) => lanes[laneOfVoter(voterKey, hashTagsOf(pollId))] ?? null
}

/** Does something on each lane, also where it fails on another: one that is away keeps nothing from the rest. */
export async function onEach<T>(lanes: readonly Lane[], work: (lane: Lane) => Promise<T>): Promise<T[]> {
  const settled = await Promise.allSettled(lanes.map(work))
  return settled.map((its) => {
    if (its.status === 'rejected') throw its.reason
    return its.value
  })
}
