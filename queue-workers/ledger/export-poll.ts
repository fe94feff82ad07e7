/** Writes a poll's votes, ledger, tallies and anchors into a folder, as they stood at one moment. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  exportFiles,
  exportFormat,
  ledgerLine,
  manifestShape,
  type Manifest,
  type TalliesLine,
  type VotesLine,
} from '../../contracts/export-files.ts'
import { pollShape, type Poll } from '../../contracts/poll.ts'
import type { PublicKey } from '../../contracts/signing.ts'
import type { ExportedRow, ExportedVote, ExportSource } from './export-source.pg.ts'
import { createLineFile, type LineFile } from './line-file.ts'
import { readRow } from './read-row.ts'

export interface Exporting {
  readonly source: ExportSource
  /** Must not be there yet; it is there once it is whole. */
  readonly folder: string
  readonly onProgress: (votes: number, of: number) => void
}

/** Rejects where the folder is there already; what was begun is taken away where it fails. */
export async function exportPoll({ source, folder, onProgress }: Exporting): Promise<Manifest> {
  const draft = `${folder}.${Date.now()}.part`
  await mkdir(draft, { recursive: true })
  try {
    const manifest = await writeFiles(source, draft, onProgress)
    const text = `${JSON.stringify(manifest, null, 2)}\n`
    await writeFile(join(draft, exportFiles.manifest), text, { mode: 0o600 })
    await rename(draft, folder)
    return manifest
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    throw error
  }
}

async function writeFiles(
  source: ExportSource,
  folder: string,
  onProgress: Exporting['onProgress'],
): Promise<Manifest> {
  const poll = pollShape.parse(await source.poll())
  await using ledger = await createLineFile(join(folder, exportFiles.ledger))
  await using votes = await createLineFile(join(folder, exportFiles.votes))
  await using tallies = await createLineFile(join(folder, exportFiles.tallies))
  await using anchors = await createLineFile(join(folder, exportFiles.anchors))
  const written = await writeRows(source, poll, { ledger, votes }, onProgress)
  for (const { shard, seq, hash, counts } of await source.tallies()) {
    const line: TalliesLine = { shard, seq, hash: hash.toString('hex'), counts: named(poll, counts) }
    await tallies.write(JSON.stringify(line))
  }
  let anchorCount = 0
  for await (const { content, signature, keyId } of source.anchors()) {
    anchorCount++
    await anchors.write(JSON.stringify({ content, signature, keyId }))
  }
  for (const file of [ledger, votes, tallies, anchors]) await file.finish()
  const keys = (await source.keys()).map(({ keyId, publicKey }): PublicKey => ({
    ...{ kty: 'OKP', crv: 'Ed25519', use: 'sig', kid: keyId, x: publicKey.toString('base64url') },
  }))
  return manifestShape.parse({
    ...{ format: exportFormat, madeAt: new Date().toISOString(), poll },
    ...{ ...written, anchors: anchorCount, keys },
  })
}

/** The ledger row by row, and beside each its votes, read where they are counted. */
async function writeRows(
  source: ExportSource,
  poll: Poll,
  files: { readonly ledger: LineFile; readonly votes: LineFile },
  onProgress: Exporting['onProgress'],
): Promise<{ rows: number; votes: number }> {
  const stored = takeTurns(source.storedVotes())
  let rows = 0
  let votes = 0
  for await (const row of source.ledger()) {
    await files.ledger.write(
      ledgerLine({ shard: row.shard, seq: row.seq, hash: row.hash.toString('hex') }, row.content),
    )
    const line = votesOf(row, await stored.of(row.shard, row.seq), poll)
    await files.votes.write(JSON.stringify(line))
    rows++
    votes += line.votes.length
    onProgress(votes, source.votes)
  }
  for (;;) {
    const [first, ...others] = await stored.of(null, null)
    if (first === undefined) break
    await files.votes.write(JSON.stringify(strayLine([first, ...others], poll)))
  }
  return { rows, votes: source.votes }
}

/** The votes of one row after the other, out of a stream that has them in the same order; those of no row by batch. */
function takeTurns(votes: AsyncGenerator<ExportedVote>) {
  let next: ExportedVote | null | undefined
  const advance = async () => {
    const turn = await votes.next()
    next = turn.done === true ? null : turn.value
  }
  return {
    async of(shard: number | null, seq: number | null): Promise<ExportedVote[]> {
      if (next === undefined) await advance()
      const its: ExportedVote[] = []
      while (next != null && next[0] === shard && next[1] === seq) {
        if (shard === null && its[0] !== undefined && its[0][2] !== next[2]) break
        its.push(next)
        await advance()
      }
      return its
    },
  }
}

function votesOf(row: ExportedRow, stored: readonly ExportedVote[], poll: Poll): VotesLine {
  const read = readRow(row.content)
  // What cannot be read is told by whoever checks the ledger's own line.
  const content = typeof read === 'string' ? null : read.content
  const batchId = content?.batchId ?? stored[0]?.[2] ?? ''
  const counted = stored.map((vote) => voteOf(vote, poll))
  const others = (content?.votes ?? []).flatMap((vote): VotesLine['votes'] => {
    const outcome = typeof read === 'string' ? 'counted' : read.outcomeOf(vote[0])
    return outcome === 'counted' ? [] : [[...vote, outcome]]
  })
  const votes = others.length === 0 ? counted : [...counted, ...others].sort(([a], [b]) => a - b)
  return { shard: row.shard, seq: row.seq, batchId, votes }
}

const strayLine = (stored: readonly ExportedVote[], poll: Poll): VotesLine => ({
  ...{ shard: null, seq: null, batchId: stored[0]?.[2] ?? '' },
  votes: stored.map((vote) => voteOf(vote, poll)),
})

const voteOf = (
  [, , , position, voteId, boxNo, optionNo]: ExportedVote,
  { boxes, options }: Poll,
): VotesLine['votes'][number] => [
  position,
  voteId,
  boxes[boxNo]?.boxId ?? String(boxNo),
  options[optionNo]?.optionId ?? String(optionNo),
  'counted',
]

const named = ({ boxes, options }: Poll, counts: readonly number[]): TalliesLine['counts'] =>
  boxes.flatMap(({ boxId }, boxNo) =>
    options.map(({ optionId }, optionNo) => ({
      ...{ box: boxId, option: optionId, votes: counts[boxNo * options.length + optionNo] ?? 0 },
    })),
  )
