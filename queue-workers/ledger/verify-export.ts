/** Checks a whole export against anchors that somebody else kept: offline, from its files alone, from its first row to its last. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  exportFiles,
  manifestShape,
  readLedgerLine,
  talliesLineShape,
  type Manifest,
} from '../../contracts/export-files.ts'
import { parsed } from '../../contracts/parsed.ts'
import type { Poll } from '../../contracts/poll.ts'
import { keySetShape, type PublicKey } from '../../contracts/signing.ts'
import { whyNotCertified } from './check-certified.ts'
import { checkFates } from './check-fates.ts'
import { checkRuns } from './check-runs.ts'
import { checkShard, type ShardCheck } from './check-shard.ts'
import { checkVotes } from './check-votes.ts'
import { makeFaults, type Faults } from './faults.ts'
import { linesOf } from './line-file.ts'
import { readAnchors, type Anchors } from './read-anchors.ts'
import { readRow, type ReadRow } from './read-row.ts'

export interface Verifying {
  readonly folder: string
  readonly anchorsFile: string
  /** A JWK set; null: the keys that the export names. */
  readonly keysFile: string | null
  /** The number of the last anchor to look at: an export that was made before later ones rightly lacks their rows. */
  readonly upTo: number
  readonly onProgress: (votes: number, of: number) => void
}

export interface Verdict {
  readonly manifest: Manifest
  readonly anchors: Anchors
  readonly rows: number
  readonly votes: number
  readonly outcomes: Readonly<Record<'counted' | 'repeat' | 'refused' | 'rejected', number>>
  /** Counted votes, `counts[boxNo * options + optionNo]`. */
  readonly counts: readonly number[]
  readonly unanchored: { readonly rows: number; readonly votes: number }
  /** Votes that a gateway had accepted before others that are here, and that no row holds. */
  readonly missing: number
  readonly faults: readonly string[]
  readonly faultCount: number
  /** What may make the faults go away that are none; null where nothing is known to. */
  readonly hint: string | null
}

/** Rejects where the files cannot be read at all. */
export async function verifyExport(asked: Verifying): Promise<Verdict> {
  const faults = makeFaults()
  const path = (name: keyof typeof exportFiles) => join(asked.folder, exportFiles[name])
  const manifest = manifestShape.parse(JSON.parse(await readFile(path('manifest'), 'utf8')))
  const { poll } = manifest
  const keys = asked.keysFile === null ? manifest.keys : await readKeys(asked.keysFile)
  const anchors = await readAnchors(asked.anchorsFile, poll.pollId, keys, asked.upTo, faults)
  const own = await readOwnAnchors(path('anchors'), manifest, anchors, asked.upTo, faults)
  if (anchors.anchors.length === 0)
    faults.add('There is no anchor of this poll: nothing vouches for its votes.')

  const shards = new Map<number, ShardCheck>()
  const shardOf = (shard: number) => {
    const its = shards.get(shard) ?? checkShard(shard, anchors.anchors, faults)
    shards.set(shard, its)
    return its
  }
  for (const { shard } of anchors.anchors.at(-1)?.shards ?? []) shardOf(shard)

  const sums = makeSums(poll, faults)
  const votes = checkVotes(linesOf(path('votes')), faults)
  const fates = checkFates(poll, faults)
  const runs = checkRuns()
  const unanchored = { rows: 0, votes: 0 }
  const batches = new Set<string>()
  let rows = 0
  for await (const line of linesOf(path('ledger'))) {
    rows++
    const its = readLedgerLine(line)
    if (its === null) {
      faults.add(`Line ${rows} of the ledger is no row.`)
      continue
    }
    const read = readRow(its.content)
    const isRow = typeof read !== 'string' && read.content.pollId === poll.pollId
    const batchId = typeof read === 'string' ? batchIn(its.content) : read.content.batchId
    shardOf(its.head.shard).row(its.head, isRow ? read.content : null, batchId)
    if (typeof read === 'string') {
      faults.add(`Batch ${batchId} (shard ${its.head.shard}, row ${its.head.seq}) cannot be read: ${read}.`)
      continue
    }
    if (!isRow) faults.add(`Batch ${batchId} is of another poll.`)
    if (batches.has(batchId)) faults.add(`Batch ${batchId} stands in two rows: its votes are counted twice.`)
    batches.add(batchId)
    sums.add(its.head.shard, read)
    fates.row(read)
    runs.row(read.content)
    await votes.row(its.head, read)
    if (!shardOf(its.head.shard).isAnchored(its.head.seq)) {
      unanchored.rows++
      unanchored.votes += read.content.votes.length
    }
    asked.onProgress(sums.votes(), manifest.votes)
  }
  await votes.end()
  await fates.end(() => readableRows(path('ledger')))
  const { missing, overlaps } = runs.end()
  for (const overlap of overlaps) faults.add(overlap)
  for (const its of shards.values()) its.end()
  if (rows !== manifest.rows || sums.votes() !== manifest.votes)
    faults.add(
      `The manifest has ${manifest.rows} rows with ${manifest.votes} votes, the ledger ${rows} with ${sums.votes()}.`,
    )
  await checkTallies(path('tallies'), poll, shards, sums, faults)
  const certified = anchors.anchors.at(-1)?.certified
  if (certified !== undefined) {
    for (const why of whyNotCertified(poll, certified, sums))
      faults.add(`The certified result differs: ${why}.`)
    if (missing > 0)
      faults.add(`The result was certified; ${missing} votes that were accepted before others are in no row.`)
    if (unanchored.rows > 0)
      faults.add(`The result was certified; ${unanchored.rows} rows of the ledger came after that.`)
  } else if (poll.state === 'certified' && asked.upTo === Infinity)
    faults.add('The export says that the result is certified; none of these anchors does.')
  return {
    ...{ manifest, anchors, rows, votes: sums.votes(), outcomes: sums.outcomes, counts: sums.counts() },
    ...{ unanchored, missing, faults: faults.told(), faultCount: faults.count() },
    hint: faults.count() === 0 ? null : hintFor(manifest, anchors, own),
  }
}

async function readKeys(file: string): Promise<readonly PublicKey[]> {
  return keySetShape.parse(JSON.parse(await readFile(file, 'utf8'))).keys
}

/** The anchors inside the export have to be the same: a house that shows two pasts is found out here. */
async function readOwnAnchors(
  file: string,
  { keys, poll, anchors: lines }: Manifest,
  anchors: Anchors,
  upTo: number,
  faults: Faults,
): Promise<Anchors> {
  const own = await readAnchors(file, poll.pollId, keys, upTo, {
    ...makeFaults(),
    add: (sentence) => faults.add(`In the export's own anchors: ${sentence}`),
  })
  if (own.lines !== lines)
    faults.add(`The manifest has ${lines} anchors, the export's own file ${own.lines}.`)
  const first = own.anchors[0]?.anchorNo ?? 1
  if (first > 1) faults.add(`In the export's own anchors: those before number ${first} are missing.`)
  for (const [anchorNo, content] of own.contents) {
    const kept = anchors.contents.get(anchorNo)
    if (kept !== undefined && kept !== content)
      faults.add(`Anchor ${anchorNo} of the export is another one than the anchor ${anchorNo} that was kept.`)
  }
  return own
}

/** What to try where anchors were kept that came after the export: it rightly lacks their rows, and maybe their keys. */
function hintFor({ madeAt }: Manifest, anchors: Anchors, own: Anchors): string | null {
  const last = own.anchors.at(-1)?.anchorNo ?? 0
  return last === 0 || anchors.newest <= last
    ? null
    : `The export, made ${madeAt}, has anchors up to number ${last}; yours go on to ${anchors.newest}. If it was made before those, look at it with --up-to ${last}.`
}

async function* readableRows(file: string): AsyncGenerator<ReadRow> {
  for await (const line of linesOf(file)) {
    const its = readLedgerLine(line)
    const read = its === null ? '' : readRow(its.content)
    if (typeof read !== 'string') yield read
  }
}

const batchIn = (content: Buffer) =>
  /"batchId":"([^"]{1,64})"/.exec(content.toString())?.[1] ?? 'without a name'

/** Adds up what the ledger says, in all and by shard. */
function makeSums({ boxes, options }: Poll, faults: Faults) {
  const places = new Map(
    boxes.flatMap(({ boxId }, boxNo) =>
      options.map(
        ({ optionId }, optionNo) => [`${boxId}\0${optionId}`, boxNo * options.length + optionNo] as const,
      ),
    ),
  )
  const outcomes = { counted: 0, repeat: 0, refused: 0, rejected: 0 }
  const byShard = new Map<number, number[]>()
  let votes = 0
  const zeros = () => new Array<number>(places.size).fill(0)
  return {
    outcomes,
    votes: () => votes,
    ofShard: (shard: number): readonly number[] => byShard.get(shard) ?? zeros(),
    counts: () =>
      zeros().map((_, place) => [...byShard.values()].reduce((sum, counts) => sum + (counts[place] ?? 0), 0)),
    add(shard: number, { content, outcomes: its, outcomeOf }: ReadRow) {
      const counts = byShard.get(shard) ?? zeros()
      byShard.set(shard, counts)
      votes += content.votes.length
      for (const outcome of ['counted', 'repeat', 'refused', 'rejected'] as const)
        outcomes[outcome] += its[outcome]
      for (const [position, , box, option] of content.votes) {
        if (content.uncounted.length > 0 && outcomeOf(position) !== 'counted') continue
        const place = places.get(`${box}\0${option}`)
        if (place === undefined)
          faults.add(
            `Batch ${content.batchId}: it counts a vote for "${option}" in "${box}", which the poll has not.`,
          )
        else counts[place] = (counts[place] ?? 0) + 1
      }
    },
  }
}
type Sums = ReturnType<typeof makeSums>

async function checkTallies(
  file: string,
  { boxes, options }: Poll,
  shards: ReadonlyMap<number, ShardCheck>,
  sums: Sums,
  faults: Faults,
): Promise<void> {
  const missing = new Set([...shards].filter(([, its]) => its.seq() > 0).map(([shard]) => shard))
  for await (const line of linesOf(file)) {
    const read = talliesLineShape.safeParse(parsed(line.toString()))
    if (!read.success) {
      faults.add(`A line of the tallies cannot be read: ${line.subarray(0, 100).toString()}`)
      continue
    }
    const { shard, seq, hash, counts } = read.data
    const its = shards.get(shard)
    if (!missing.delete(shard)) faults.add(`The tallies have a shard ${shard} too many.`)
    if (its?.seq() !== seq || its.hash() !== hash)
      faults.add(`The tally of shard ${shard} is not of the ledger's last row of it.`)
    const ledger = sums.ofShard(shard)
    for (const [boxNo, { boxId }] of boxes.entries()) {
      for (const [optionNo, { optionId }] of options.entries()) {
        const right = ledger[boxNo * options.length + optionNo] ?? 0
        const told = counts.filter(({ box, option }) => box === boxId && option === optionId)
        const found = told.length === 1 ? told[0]?.votes : undefined
        if (found !== right)
          faults.add(
            `The tally of shard ${shard} has ${found ?? 'no'} votes for ${optionId} in ${boxId}; its batches have ${right}.`,
          )
      }
    }
    if (counts.length !== boxes.length * options.length)
      faults.add(`The tally of shard ${shard} counts for what the poll has not.`)
  }
  for (const shard of missing) faults.add(`The tally of shard ${shard} is missing.`)
}
