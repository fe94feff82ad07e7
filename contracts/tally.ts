/** The counts of a poll: how a shard's counts lie on Redis, how they travel, and how they add up. */
import { z } from 'zod'

/**
 * One of a poll's 16 fixed counters, leased by a worker, with its absolute counts: `counts[boxNo * options + optionNo]`;
 * asOf in epoch ms.
 */
export interface ShardCounts {
  readonly shard: number
  readonly seq: number
  readonly asOf: number
  readonly counts: readonly number[]
}

const shardFieldShape = z.tuple([z.int(), z.number()]).rest(z.int())

/** A shard as its hash field's value on Redis: `[seq, asOf, ...counts]`. */
export function encodeShard(shard: ShardCounts): string {
  return JSON.stringify([shard.seq, shard.asOf, ...shard.counts])
}

export function decodeShard(shard: number, text: string): ShardCounts {
  const [seq, asOf, ...counts] = shardFieldShape.parse(JSON.parse(text))
  return { shard, seq, asOf, counts }
}

/** The shards in a tally's hash; a field that is no number (`open`) only says that Redis knows the poll. */
export function decodeShards(fields: Readonly<Record<string, string>>): ShardCounts[] {
  return Object.entries(fields).flatMap(([field, text]) =>
    /^\d+$/.test(field) ? [decodeShard(Number(field), text)] : [],
  )
}

/** A poll's tally between our own processes: the payload of its Redis channel. asOf in epoch ms. */
export const tallyFrameShape = z.object({
  pollId: z.string(),
  version: z.int(),
  asOf: z.number(),
  counts: z.array(z.int()),
})
export type TallyFrame = z.infer<typeof tallyFrameShape>

/** version = sum over the shards of their seq, so it grows with every ledger row of the poll. */
export function sumShards(pollId: string, size: number, shards: readonly ShardCounts[]): TallyFrame {
  const counts = new Array<number>(size).fill(0)
  let version = 0
  let asOf = 0
  for (const shard of shards) {
    version += shard.seq
    asOf = Math.max(asOf, shard.asOf)
    for (let i = 0; i < size; i++) counts[i] = (counts[i] ?? 0) + (shard.counts[i] ?? 0)
  }
  return { pollId, version, asOf, counts }
}

/**
 * A tally with the names of its poll. `asOf` is null before the first vote was counted. A reader keeps the frame with
 * the highest `pollVersion`, among these the one with the highest `version`.
 */
export interface Tally {
  readonly pollId: string
  readonly pollVersion: number
  readonly version: number
  readonly isRehearsal: boolean
  readonly asOf: string | null
  readonly total: number
  readonly options: readonly { readonly optionId: string; readonly votes: number }[]
  readonly boxes: readonly {
    readonly boxId: string
    readonly total: number
    readonly options: readonly { readonly optionId: string; readonly votes: number }[]
  }[]
}

/** Puts a poll's names to a frame's numbers. */
export function nameTally(
  poll: {
    readonly pollId: string
    readonly version: number
    readonly isRehearsal: boolean
    readonly options: readonly { readonly optionId: string }[]
    readonly boxes: readonly { readonly boxId: string }[]
  },
  frame: TallyFrame,
): Tally {
  const size = poll.options.length
  const boxes = poll.boxes.map(({ boxId }, boxNo) => {
    const options = poll.options.map(({ optionId }, optionNo) => ({
      optionId,
      votes: frame.counts[boxNo * size + optionNo] ?? 0,
    }))
    return { boxId, total: options.reduce((sum, option) => sum + option.votes, 0), options }
  })
  const options = poll.options.map(({ optionId }, optionNo) => ({
    optionId,
    votes: boxes.reduce((sum, box) => sum + (box.options[optionNo]?.votes ?? 0), 0),
  }))
  return {
    pollId: poll.pollId,
    pollVersion: poll.version,
    version: frame.version,
    isRehearsal: poll.isRehearsal,
    asOf: frame.asOf === 0 ? null : new Date(frame.asOf).toISOString(),
    total: options.reduce((sum, option) => sum + option.votes, 0),
    options,
    boxes,
  }
}
