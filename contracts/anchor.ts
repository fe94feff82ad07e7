/** Anchors: the heads of a poll's chains at one moment, signed, so that the past that they cover cannot be rewritten. */
import { z } from 'zod'
import type { Poll } from './poll.ts'

/** 32 bytes. */
export const hex32 = z.string().regex(/^[0-9a-f]{64}$/)

/**
 * The chain of one shard. hash: of its row `seq`, the newest that this anchor covers. from, root: the rows that came since the anchor before,
 * `from` to `seq`, and the root of the tree (merkle.ts) whose leaves are their hashes as they are; absent where none came.
 */
const anchoredShardShape = z.object({
  shard: z.int().min(0),
  seq: z.int().positive(),
  hash: hex32,
  from: z.int().positive().optional(),
  root: hex32.optional(),
})
export type AnchoredShard = z.infer<typeof anchoredShardShape>

/**
 * What was voted on and by which rules, which stays as it is once a poll is counted: the one way to write it, UTF-8 JSON,
 * keys in this order, no white space.
 */
export function pollText(poll: Poll): string {
  const { pollId, question, description, opensAt, closesAt, graceMs, timeZone, isRehearsal } = poll
  return JSON.stringify({
    ...{ pollId, question, description, opensAt, closesAt, graceMs, timeZone, isRehearsal },
    options: poll.options.map(({ optionId, text, colour, pictureUrl }) => ({
      ...{ optionId, text, colour, pictureUrl },
    })),
    boxes: poll.boxes.map(({ boxId, voters, limit, weight }) => ({
      ...{ boxId, voters, limit: limit && { votes: limit.votes, perSeconds: limit.perSeconds }, weight },
    })),
  })
}

/**
 * What a certified result is, told once, by the last anchor. poll: SHA-256 of `pollText`. admitted: by the admission, frozen at the close. counts:
 * counted votes, `counts[boxNo * options + optionNo]`, with the ids in that order. voters: how many voters of a box have
 * how many counted votes.
 */
export const certifiedShape = z.object({
  certifiedAt: z.string(),
  poll: hex32,
  admitted: z.int(),
  received: z.int(),
  counted: z.int(),
  repeats: z.int(),
  refused: z.int(),
  rejected: z.int(),
  options: z.array(z.string()),
  boxes: z.array(z.string()),
  counts: z.array(z.int()),
  voters: z.array(z.object({ boxId: z.string(), votes: z.int(), voters: z.int() })),
})
export type Certified = z.infer<typeof certifiedShape>

/** anchorNo: from 1, without gaps. before: SHA-256 of the anchor before, 64 zeros before the first. */
export const anchorContentShape = z.object({
  pollId: z.string(),
  anchorNo: z.int().positive(),
  madeAt: z.string(),
  before: hex32,
  shards: z.array(anchoredShardShape),
  certified: certifiedShape.optional(),
})
export type AnchorContent = z.infer<typeof anchorContentShape>

/** The one way to write an anchor: UTF-8 JSON, keys in this order, no white space. */
export function anchorBytes(anchor: AnchorContent): string {
  const { pollId, anchorNo, madeAt, before, certified } = anchor
  const shards = anchor.shards.map(({ shard, seq, hash, from, root }) => ({
    ...{ shard, seq, hash },
    ...(from !== undefined && root !== undefined && { from, root }),
  }))
  return JSON.stringify({ pollId, anchorNo, madeAt, before, shards, ...(certified && { certified }) })
}

/** What is signed of an anchor. */
export const anchorStatement = (content: string): string => `urna.anchor.v1\n${content}`

/** An anchor as it travels: content is the text that was signed, signature 64 bytes in base64url. */
export const signedAnchorShape = z.object({ content: z.string(), signature: z.string(), keyId: z.string() })
export type SignedAnchor = z.infer<typeof signedAnchorShape>
