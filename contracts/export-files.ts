/** The files of an export: what `npm run export` writes, `npm run verify` checks, and docs/verify.md explains. */
import { z } from 'zod'
import { hex32 } from './anchor.ts'
import { parsed } from './parsed.ts'
import { pollShape } from './poll.ts'
import { publicKeyShape } from './signing.ts'

export const exportFormat = 'urna.export.v1'

/** All but the manifest are JSON Lines in UTF-8. Ledger and votes have a line for each row, by shard and seq. */
export const exportFiles = {
  manifest: 'manifest.json',
  ledger: 'ledger.jsonl',
  votes: 'votes.jsonl',
  tallies: 'tallies.jsonl',
  anchors: 'anchors.jsonl',
} as const

/** rows: of the ledger; votes: in them. keys: that signed the anchors. Written last: with it the export is whole. */
export const manifestShape = z.object({
  format: z.literal(exportFormat),
  madeAt: z.string(),
  poll: pollShape,
  rows: z.int().min(0),
  votes: z.int().min(0),
  anchors: z.int().min(0),
  keys: z.array(publicKeyShape),
})
export type Manifest = z.infer<typeof manifestShape>

/** What a line of the ledger holds before its row's bytes. */
const ledgerHeadShape = z.strictObject({ shard: z.int().min(0), seq: z.int().positive(), hash: hex32 })
export type LedgerHead = z.infer<typeof ledgerHeadShape>

const contentKey = ',"content":'

/** A line of the ledger; `content` is the row's canonical bytes (ledger.ts), which stand in it untouched. */
export function ledgerLine({ shard, seq, hash }: LedgerHead, content: Buffer): Buffer {
  const head = JSON.stringify({ shard, seq, hash }).slice(0, -1)
  return Buffer.concat([Buffer.from(head + contentKey), content, Buffer.from('}')])
}

/** Null where it is no such line. */
export function readLedgerLine(line: Buffer): { readonly head: LedgerHead; readonly content: Buffer } | null {
  const at = line.indexOf(contentKey)
  if (at < 0 || line.at(-1) !== 0x7d) return null
  const head = ledgerHeadShape.safeParse(parsed(`${line.subarray(0, at).toString()}}`))
  return head.success ? { head: head.data, content: line.subarray(at + contentKey.length, -1) } : null
}

/**
 * A line of the votes: [position, voteId, box, option, outcome] of each vote of a row. Those that were counted come from
 * the table of votes, the others from the ledger. shard and seq are null where the ledger has no such batch.
 */
export const votesLineShape = z.strictObject({
  shard: z.int().min(0).nullable(),
  seq: z.int().positive().nullable(),
  batchId: z.string(),
  votes: z.array(z.tuple([z.int(), z.string(), z.string(), z.string(), z.string()])),
})
export type VotesLine = z.infer<typeof votesLineShape>

/** A line of the tallies: the counters of one shard, and the last row that they count. */
export const talliesLineShape = z.strictObject({
  shard: z.int().min(0),
  seq: z.int().positive(),
  hash: hex32,
  counts: z.array(z.strictObject({ box: z.string(), option: z.string(), votes: z.int().min(0) })),
})
export type TalliesLine = z.infer<typeof talliesLineShape>
