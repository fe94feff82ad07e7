/** The laws of the proof: an export that was touched anywhere does not pass, and what is wrong has a name. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import {
  anchorBytes,
  anchorStatement,
  type AnchorContent,
  type SignedAnchor,
} from '../../contracts/anchor.ts'
import { topics } from '../../contracts/events.ts'
import type { LedgerContent } from '../../contracts/ledger.ts'
import { receiptFile } from '../../contracts/receipt-text.ts'
import type { Manifest } from '../../contracts/export-files.ts'
import type { Poll } from '../../contracts/poll.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { keyIdLength, thumbprintText } from '../../contracts/signing.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { whyNotCertified } from '../../queue-workers/ledger/check-certified.ts'
import { verifyExport } from '../../queue-workers/ledger/verify-export.ts'
import { nameOfKey, openSigningKey } from '../../runtime/signing-key.ts'
import { adminAt, startHouse, until, voterAt, type House } from '../house.ts'
import { keySetOf, madeProof } from '../made-proof.ts'
import { readAll } from '../read-topic.kafka.ts'
import { rootOfHashes } from '../rfc9162.ts'
import { rowHash } from '../row-hash.ts'
import { runCommand } from '../run-command.ts'

interface Fixture {
  readonly dir: string
  /** A whole export of a certified poll, and one of the same poll while it was open. */
  readonly folder: string
  readonly openFolder: string
  /** The messages of the topic urna.anchors, as the console consumer prints them. */
  readonly anchorsFile: string
}

let its: Fixture
const options = ['samba', 'forro', 'frevo']

/** All these votes are stored, and their rows anchored. */
const untilAnchored = (house: House, votes: number) =>
  until('all is anchored', async () => {
    const [row] = await house.rows<{ votes: number; rows: number; anchored: number }>(
      `select (select sum(received)::int from ledger) as votes, (select count(*)::int from ledger) as rows,
         (select sum((s ->> 'seq')::int)::int from (
           select distinct on (poll_no) content from anchors order by poll_no, anchor_no desc) as a,
           json_array_elements(convert_from(content, 'UTF8')::json -> 'shards') as s) as anchored`,
    )
    return row?.votes === votes && row.rows === row.anchored
  })

/** A certified poll of two boxes, counted by two workers, anchored under two keys, with every kind of outcome but one. */
async function makeExports(dir: string): Promise<Fixture> {
  await using house = await startHouse({ kafka: true })
  const door = await house.gateway()
  for (let i = 0; i < 2; i++) await house.workers({ roles: ['persist', 'publish'] })
  const oldKey = await house.workers({ roles: ['certify'], env: { ANCHOR_EVERY_MS: '200' } })
  const { admin } = adminAt(door).trpc
  const boxes = [
    { boxId: 'once', voters: 'device' as const, limit: { votes: 1, perSeconds: null }, weight: 4_000 },
    { boxId: 'fans', voters: 'device' as const, limit: null, weight: 6_000 },
  ]
  const { pollId } = await admin.createPoll.mutate({ question: 'Which?', options: [...options], boxes })
  const other = await house.openPoll(door)
  await admin.openPoll.mutate({ pollId })
  let sent = 0
  const cast = async (box: string, optionId: string, voter = voterAt(door), voteId = uuidv7()) => {
    expect(await voter.cast({ pollId, box, optionId, voteId })).toMatchObject({ accepted: true })
    sent++
  }
  const round = async () => {
    for (let i = 0; i < 6; i++)
      await Promise.all(
        options.flatMap((option, n) => [cast('fans', option), ...(n < 2 ? [cast('once', option)] : [])]),
      )
    await voterAt(door).cast({ pollId: other.pollId, optionId: 'samba', voteId: uuidv7() })
    await untilAnchored(house, ++sent)
  }
  await round()
  const voter = voterAt(door)
  const voteId = uuidv7()
  await cast('once', 'forro', voter, voteId)
  // Redis forgets: the same vote comes in again, and another one of the same person.
  await untilAnchored(house, sent)
  await house.redis.del(redisKeys.memory(pollId))
  await cast('once', 'forro', voter, voteId)
  await untilAnchored(house, sent)
  await house.redis.del(redisKeys.memory(pollId))
  await cast('once', 'samba', voter)
  await untilAnchored(house, sent)
  await oldKey.stop()
  const env = { DATABASE_URL: house.services.databaseUrl }
  // While nobody signs, some votes stay behind the last anchor.
  await cast('fans', 'frevo')
  await until('stored', async () => {
    const [row] = await house.rows<{ votes: number }>('select sum(received)::int as votes from ledger')
    return row?.votes === sent
  })
  const openFolder = join(dir, 'open')
  const openExport = await runCommand('export', ['--poll', pollId, '--out', openFolder], env)
  expect(openExport).toMatchObject({ code: 0, out: expect.stringContaining('The poll is open') })

  const newKey = Buffer.alloc(32, 9).toString('base64url')
  await house.workers({ roles: ['certify'], env: { ANCHOR_EVERY_MS: '200', SIGNING_KEY: newKey } })
  await round()
  await admin.closePoll.mutate({ pollId })
  await admin.certifyPoll.mutate({ pollId })
  await until('certified', async () => {
    const rows = await house.rows('select from certifications where certified_at is not null')
    return rows.length === 1
  })
  await until('all on Kafka', async () => {
    const rows = await house.rows('select from anchors where emitted_at is null')
    return rows.length === 0
  })
  const folder = join(dir, 'whole')
  const exported = await runCommand('export', ['--poll', pollId, '--out', folder], env)
  expect(exported).toMatchObject({ code: 0, out: expect.stringContaining('votes in') })
  const again = await runCommand('export', ['--poll', pollId, '--out', folder], env)
  expect(again).toMatchObject({ code: 1, out: expect.stringContaining('is there already') })
  const messages = await readAll(house.services.kafkaBrokers ?? '', topics.anchors.topic)
  const anchorsFile = join(dir, 'from-kafka.jsonl')
  writeFileSync(anchorsFile, messages.map(({ value }) => `${value}\n`).join(''))
  return { dir, folder, openFolder, anchorsFile }
}

beforeAll(async () => {
  its = await makeExports(makeTempFolder('urna-verify-'))
}, 300_000)
afterAll(() => removeTempFolder(its.dir))

let copies = 0
/** A copy of the export to do harm to. */
function copy(from = its.folder) {
  const folder = join(its.dir, `copy-${++copies}`)
  cpSync(from, folder, { recursive: true })
  const file = (name: string) => join(folder, name)
  const lines = (name: string) => readFileSync(file(name), 'utf8').split('\n').slice(0, -1)
  const put = (name: string, all: readonly string[]) =>
    writeFileSync(file(name), all.map((line) => `${line}\n`).join(''))
  return { folder, file, lines, put }
}
type Copy = ReturnType<typeof copy>

async function verify(
  folder: string,
  given: { anchorsFile?: string; keysFile?: string; upTo?: number } = {},
) {
  const { anchorsFile = its.anchorsFile, keysFile = null, upTo = Infinity } = given
  return verifyExport({ folder, anchorsFile, keysFile, upTo, onProgress: () => undefined })
}

const faultsOf = async (folder: string, given: Parameters<typeof verify>[1] = {}) =>
  (await verify(folder, given)).faults

interface Row {
  readonly shard: number
  seq: number
  hash: string
  content: LedgerContent
}
const readRows = (c: Copy) => c.lines('ledger.jsonl').map((line) => JSON.parse(line) as Row)

/** Writes ledger, votes, tallies and manifest so that they agree with these rows and with each other. */
function rewrite(c: Copy, rows: readonly Row[]): void {
  const ends = new Map<number, Row>()
  const counts = new Map<number, Map<string, number>>()
  for (const row of rows) {
    const end = ends.get(row.shard)
    row.seq = (end?.seq ?? 0) + 1
    const before = Buffer.from(end?.hash ?? '0'.repeat(64), 'hex')
    row.hash = rowHash(before, Buffer.from(JSON.stringify(row.content))).toString('hex')
    ends.set(row.shard, row)
  }
  const outcome = ({ uncounted }: LedgerContent, position: number) =>
    uncounted.find((one) => one.position === position)?.outcome ?? 'counted'
  const votes = rows.map(({ shard, seq, content }) => {
    for (const [position, , box, option] of content.votes) {
      if (outcome(content, position) !== 'counted') continue
      const sums = counts.get(shard) ?? new Map<string, number>()
      counts.set(shard, sums.set(`${box} ${option}`, (sums.get(`${box} ${option}`) ?? 0) + 1))
    }
    const its = content.votes.map((vote) => [...vote, outcome(content, vote[0])])
    return JSON.stringify({ shard, seq, batchId: content.batchId, votes: its })
  })
  c.put('votes.jsonl', votes)
  c.put(
    'ledger.jsonl',
    rows.map(({ shard, seq, hash, content }) => JSON.stringify({ shard, seq, hash, content })),
  )
  const tallies = [...ends].map(([shard, { seq, hash }]) => {
    const its = ['once', 'fans'].flatMap((box) =>
      options.map((option) => ({ box, option, votes: counts.get(shard)?.get(`${box} ${option}`) ?? 0 })),
    )
    return JSON.stringify({ shard, seq, hash, counts: its })
  })
  c.put('tallies.jsonl', tallies)
  const manifest = JSON.parse(readFileSync(c.file('manifest.json'), 'utf8'))
  const sum = rows.reduce((total, { content }) => total + content.votes.length, 0)
  writeFileSync(c.file('manifest.json'), JSON.stringify({ ...manifest, rows: rows.length, votes: sum }))
}

const otherOption = (option: string) => (option === 'samba' ? 'forro' : 'samba')
function changeFirstVote(content: LedgerContent): LedgerContent {
  const [[position, voteId, box, option], ...others] = content.votes as [LedgerContent['votes'][number]]
  return { ...content, votes: [[position, voteId, box, otherOption(option)], ...others] }
}

/** A row in the middle of the poll, whose votes all count. */
const middle = (rows: readonly Row[]) =>
  rows.findIndex(({ seq, content }) => seq > 2 && content.uncounted.length === 0)

describe('verify', () => {
  it('VE1 passes a whole export, offline, and says what it found; keys may come from a file', async () => {
    const keys = join(its.dir, 'jwks.json')
    const manifest = JSON.parse(readFileSync(join(its.folder, 'manifest.json'), 'utf8'))
    writeFileSync(keys, JSON.stringify({ keys: manifest.keys }))
    expect(manifest.keys.length).toBe(2)
    const { code, out } = await runCommand('verify', [
      its.folder,
      '--anchors',
      its.anchorsFile,
      '--keys',
      keys,
    ])
    expect(out).toContain('All of it is what was signed.')
    expect(out).toContain('it certifies the result')
    expect(out).toContain('1 repeat, 1 refused')
    for (const { kid } of manifest.keys) expect(out).toContain(kid)
    expect(code).toBe(0)
    const { counts, outcomes, faults, unanchored } = await verify(its.folder)
    expect({ faults, unanchored }).toEqual({ faults: [], unanchored: { rows: 0, votes: 0 } })
    expect(counts).toEqual([12, 13, 0, 12, 12, 13])
    expect(outcomes).toEqual({ counted: 62, repeat: 1, refused: 1, rejected: 0 })
    // The export's own anchors are anchors too.
    expect(await faultsOf(its.folder, { anchorsFile: join(its.folder, 'anchors.jsonl') })).toEqual([])
  })

  it('VE2 names the batch of one byte that was changed in one vote, wherever it lies', async () => {
    for (const file of ['votes.jsonl', 'ledger.jsonl']) {
      const clean = copy()
      const lines = clean.lines(file)
      const rows = readRows(clean)
      const at = middle(rows)
      const line = lines[at] ?? ''
      const start = file === 'votes.jsonl' ? line.indexOf('"votes":') : line.indexOf('"pollId"')
      // Every tenth byte of the line, so that keys, quotes, ids and names all have their turn.
      for (let byte = start; byte < line.length; byte += 10) {
        const other = line[byte] === '0' ? '1' : '0'
        const c = copy()
        c.put(file, lines.with(at, line.slice(0, byte) + other + line.slice(byte + 1)))
        const batchId = rows[at]?.content.batchId ?? ''
        const changed = /"batchId":"([^"]*)"/.exec(c.lines(file)[at] ?? '')?.[1] ?? batchId
        const faults = await faultsOf(c.folder)
        const named = faults.filter((fault) => fault.includes(batchId) || fault.includes(changed))
        expect(named.length, `byte ${byte} of ${line}: ${faults.join(' ')}`).toBeGreaterThan(0)
      }
    }
  })

  it('VE3 by its command says which batch and why, and ends with 1', async () => {
    const c = copy()
    const rows = readRows(c)
    const at = middle(rows)
    const { batchId } = rows[at]?.content ?? { batchId: '' }
    const lines = c.lines('votes.jsonl')
    const line = JSON.parse(lines[at] ?? '')
    const [position, voteId, box, option] = line.votes[0]
    line.votes[0][3] = otherOption(option)
    c.put('votes.jsonl', lines.with(at, JSON.stringify(line)))
    const { code, out } = await runCommand('verify', [c.folder, '--anchors', its.anchorsFile])
    expect(code).toBe(1)
    expect(out).toContain(
      `- Batch ${batchId}: the vote at position ${position} is "${voteId} ${box} ${otherOption(option)} counted" in the votes and "${voteId} ${box} ${option} counted" in the ledger.`,
    )
  })

  it('VE4 refuses a vote that was changed with all hashes, votes and tallies behind it', async () => {
    const c = copy()
    const rows = readRows(c)
    const at = middle(rows)
    const row = rows[at]
    if (row === undefined) throw new Error('no row')
    const { batchId } = row.content
    row.content = changeFirstVote(row.content)
    rewrite(c, rows)
    const faults = await faultsOf(c.folder)
    expect(
      faults.some((fault) => fault.includes('not what anchor') && fault.includes(`hard ${row.shard},`)),
    ).toBe(true)
    // Small anchors: the batch is among the few that are named.
    const its = faults.find((fault) => fault.includes('not what anchor')) ?? ''
    const [, from, to] = /rows? (\d+)(?: to (\d+))?:/.exec(its) ?? []
    expect(Number(from)).toBeLessThanOrEqual(row.seq)
    expect(Number(to ?? from)).toBeGreaterThanOrEqual(row.seq)
    expect(batchId).not.toBe('')
    expect(faults.some((fault) => fault.startsWith('The certified result differs'))).toBe(true)
  })

  it('VE5 refuses a batch that was taken out, also where all others were numbered and hashed anew', async () => {
    for (const anew of [false, true]) {
      const c = copy()
      const rows = readRows(c)
      const at = middle(rows)
      const without = rows.filter((_, i) => i !== at)
      if (anew) rewrite(c, without)
      else
        for (const name of ['ledger.jsonl', 'votes.jsonl'])
          c.put(
            name,
            c.lines(name).filter((_, i) => i !== at),
          )
      const shard = rows[at]?.shard
      const faults = await faultsOf(c.folder)
      const says = anew ? `Shard ${shard}` : `(shard ${shard}, row ${(rows[at]?.seq ?? 0) + 1}): row`
      expect(
        faults.some((fault) => fault.includes(says)),
        faults.join('\n'),
      ).toBe(true)
    }
  })

  it('VE6 refuses a tally that was edited alone, and one certified by an edited anchor', async () => {
    const c = copy()
    const lines = c.lines('tallies.jsonl')
    const line = JSON.parse(lines[0] ?? '')
    line.counts[0].votes = Number(line.counts[0].votes) + 1
    c.put('tallies.jsonl', lines.with(0, JSON.stringify(line)))
    expect(await faultsOf(c.folder)).toEqual([
      expect.stringMatching(
        /^The tally of shard \d+ has \d+ votes for samba in once; its batches have \d+\.$/,
      ),
    ])
    const file = join(its.dir, 'edited.jsonl')
    const edited = copy()
    const anchors = edited.lines('anchors.jsonl')
    const last = JSON.parse(anchors.at(-1) ?? '') as SignedAnchor
    const content = JSON.parse(last.content) as AnchorContent
    content.certified!.counts[0]! += 1
    const forged = anchors.with(-1, JSON.stringify({ ...last, content: anchorBytes(content) }))
    writeFileSync(file, forged.join('\n'))
    const faults = await faultsOf(its.folder, { anchorsFile: file })
    expect(faults).toEqual([
      expect.stringMatching(/is forged: its signature does not fit\.$/),
      'The export says that the result is certified; none of these anchors does.',
      ...faults.slice(2),
    ])
  })

  it('VE7 refuses an export that ends too early; votes behind the last anchor are told, and are no fault', async () => {
    const c = copy()
    const rows = readRows(c)
    const last = rows.at(-1)
    rewrite(c, rows.slice(0, -1))
    expect(await faultsOf(c.folder)).toContainEqual(
      expect.stringMatching(
        new RegExp(`^Shard ${last?.shard} ends at row ${(last?.seq ?? 0) - 1}, a row too early`),
      ),
    )
    // The open poll was exported before the last anchors were made: up to its own it is whole.
    const own = copy(its.openFolder)
    const known = own.lines('anchors.jsonl').length
    const early = await verify(its.openFolder, { upTo: known })
    expect(early).toMatchObject({ faults: [], unanchored: { rows: 1, votes: 1 } })
    const keysFile = join(its.dir, 'both-keys.json')
    const { keys } = JSON.parse(readFileSync(join(its.folder, 'manifest.json'), 'utf8'))
    writeFileSync(keysFile, JSON.stringify({ keys }))
    const faults = await faultsOf(its.openFolder, { keysFile })
    expect(faults.some((fault) => fault.includes('too early'))).toBe(true)
    // By then another key had signed, of which that export knows nothing.
    expect((await faultsOf(its.openFolder)).some((fault) => fault.includes('which is not known'))).toBe(true)
    const args = [its.openFolder, '--anchors', its.anchorsFile, '--up-to', String(known)]
    const { code, out } = await runCommand('verify', args)
    expect(out).toContain(`The last 1 vote in 1 batch is not covered by an anchor up to number ${known}`)
    expect(out).not.toContain('All of it')
    expect(code).toBe(3)
    // Anchors that were made later ask for rows that it cannot have: how to go on is said.
    const late = await runCommand('verify', [
      its.openFolder,
      '--anchors',
      its.anchorsFile,
      '--keys',
      keysFile,
    ])
    expect(late).toMatchObject({ code: 1, out: expect.stringContaining(`look at it with --up-to ${known}.`) })
    // Without anchors that are made later nobody was asked to stop, and still nobody vouches for that vote.
    const ownAnchors = [its.openFolder, '--anchors', own.file('anchors.jsonl')]
    expect(await runCommand('verify', ownAnchors)).toMatchObject({
      code: 3,
      out: expect.stringContaining('not covered by any of these anchors: nothing vouches for them.'),
    })
  })

  it('VE8 refuses anchors that are missing, doubled with another content, out of their chain, or nobody signed', async () => {
    const lines = copy().lines('anchors.jsonl')
    const withFile = async (name: string, all: readonly string[]) => {
      const file = join(its.dir, name)
      writeFileSync(file, all.join('\n'))
      return faultsOf(its.folder, { anchorsFile: file })
    }
    expect(await withFile('none', [])).toContain(
      'There is no anchor of this poll: nothing vouches for its votes.',
    )
    expect(await withFile('gap', lines.toSpliced(1, 1))).toContain(`Anchor 2 is missing, of ${lines.length}.`)
    // At least once is how they come: a repeat is no fault.
    expect(await withFile('twice', [...lines, ...lines])).toEqual([])
    expect(await withFile('broken', [...lines, '{"content":"x"'])).toEqual([
      `Line ${lines.length + 1} of the anchors is no anchor.`,
    ])
    const first = JSON.parse(lines[0] ?? '') as SignedAnchor
    const late = anchorBytes({ ...JSON.parse(first.content), madeAt: new Date(0).toISOString() })
    expect(await withFile('forged', lines.with(0, JSON.stringify({ ...first, content: late })))).toContain(
      'Anchor 1 (line 1) is forged: its signature does not fit.',
    )
  })

  it('VE9 refuses an export that another key has signed from its first vote on', async () => {
    const c = copy()
    const rows = readRows(c)
    const row = rows[middle(rows)]
    if (row === undefined) throw new Error('no row')
    const was = row.content.votes[0]?.[3] ?? ''
    row.content = changeFirstVote(row.content)
    rewrite(c, rows)
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const x = publicKey.export({ format: 'jwk' }).x ?? ''
    const kid = nameOfKey(thumbprintText(x), keyIdLength)
    let before = '0'.repeat(64)
    const forged = c.lines('anchors.jsonl').map((line) => {
      const anchor = JSON.parse((JSON.parse(line) as SignedAnchor).content) as AnchorContent
      const shards = anchor.shards.map((shard) => {
        const of = rows.filter((one) => one.shard === shard.shard && one.seq <= shard.seq)
        const hash = of.at(-1)?.hash ?? ''
        if (shard.from === undefined) return { ...shard, hash }
        const leaves = of.slice(shard.from - 1).map((one) => Buffer.from(one.hash, 'hex'))
        return { ...shard, hash, root: rootOfHashes(leaves).toString('hex') }
      })
      const certified = anchor.certified && structuredClone(anchor.certified)
      if (certified !== undefined) {
        const [, , box, option] = row.content.votes[0] ?? ['', '', '', '']
        const first = box === 'fans' ? options.length : 0
        certified.counts[first + options.indexOf(was)]! -= 1
        certified.counts[first + options.indexOf(option)]! += 1
      }
      const content = anchorBytes({ ...anchor, before, shards, ...(certified && { certified }) })
      before = createHash('sha256').update(content).digest('hex')
      const signature = sign(null, Buffer.from(anchorStatement(content)), privateKey).toString('base64url')
      return JSON.stringify({ content, signature, keyId: kid })
    })
    c.put('anchors.jsonl', forged)
    const manifest = JSON.parse(readFileSync(c.file('manifest.json'), 'utf8'))
    const published = join(its.dir, 'published.json')
    writeFileSync(published, JSON.stringify({ keys: manifest.keys }))
    const keys = [{ kty: 'OKP', crv: 'Ed25519', use: 'sig', kid, x }]
    writeFileSync(c.file('manifest.json'), JSON.stringify({ ...manifest, keys }))
    // By its own anchors and keys it is whole: that is why both have to come from somewhere else.
    expect(await faultsOf(c.folder, { anchorsFile: c.file('anchors.jsonl') })).toEqual([])
    const byPublished = await faultsOf(c.folder, {
      anchorsFile: c.file('anchors.jsonl'),
      keysFile: published,
    })
    expect(byPublished).toContain(`Anchor 1 (line 1) is signed by the key ${kid}, which is not known.`)
    // By the anchors that were kept, whatever keys the export names.
    const kept = await faultsOf(c.folder, { keysFile: published })
    expect(kept.some((fault) => fault.includes('not what anchor'))).toBe(true)
    expect(kept).toContainEqual(
      expect.stringMatching(/^Anchor (\d+) of the export is another one than the anchor \1 that was kept\.$/),
    )
    expect((await faultsOf(c.folder)).some((fault) => fault.includes('which is not known'))).toBe(true)
  })

  it('VE10 refuses a batch that stands in two rows, and votes that no row has', async () => {
    const c = copy(its.openFolder)
    const rows = readRows(c)
    const twin = structuredClone(rows.at(-1))
    if (twin === undefined) throw new Error('no row')
    rewrite(c, [...rows, twin])
    const upTo = c.lines('anchors.jsonl').length
    expect(await faultsOf(c.folder, { upTo })).toContain(
      `Batch ${twin.content.batchId} stands in two rows: its votes are counted twice.`,
    )
    const stray = copy()
    const batchId = uuidv7()
    const line = { shard: null, seq: null, batchId, votes: [[0, uuidv7(), 'fans', 'samba', 'counted']] }
    stray.put('votes.jsonl', [...stray.lines('votes.jsonl'), JSON.stringify(line)])
    expect(await faultsOf(stray.folder)).toEqual([
      `Batch ${batchId} has 1 votes and stands in no such row of the ledger.`,
    ])
  })

  it('VE11 follows a vote that does not count to the one that does, and refuses what is of nowhere', async () => {
    const faultsWith = async (change: (contents: LedgerContent[]) => void) => {
      const c = copy(its.openFolder)
      const rows = readRows(c)
      change(rows.map(({ content }) => content))
      rewrite(c, rows)
      return (await faultsOf(c.folder, { anchorsFile: c.file('anchors.jsonl') })).join('\n')
    }
    const nowhere = uuidv7()
    const markFirst = (
      content: LedgerContent,
      uncounted: Omit<LedgerContent['uncounted'][number], 'position'>,
    ) => content.uncounted.push({ position: content.votes[0]?.[0] ?? 0, ...uncounted })
    const plain = (all: LedgerContent[]) => all.filter(({ uncounted }) => uncounted.length === 0)
    const placeOf = ({ batchId, votes }: LedgerContent) => ({ batchId, position: votes[0]?.[0] ?? 0 })
    expect(
      await faultsWith((all) =>
        markFirst(plain(all)[0]!, { outcome: 'repeat', of: { batchId: nowhere, position: 0 } }),
      ),
    ).toContain(`is a repeat because of position 0 of batch ${nowhere}, which is not there.`)
    expect(await faultsWith((all) => markFirst(plain(all)[0]!, { outcome: 'refused' }))).toContain(
      'is refused and does not say which vote counts in its place.',
    )
    expect(await faultsWith((all) => markFirst(plain(all)[0]!, { outcome: 'rejected' }))).toContain(
      'is rejected and does not say why.',
    )
    const inFans = (all: LedgerContent[]) => plain(all).filter(({ votes }) => votes[0]?.[2] === 'fans')
    const inOnce = (all: LedgerContent[]) => plain(all).filter(({ votes }) => votes[0]?.[2] === 'once')
    const because = (pick: typeof plain, of: typeof plain, outcome: 'repeat' | 'refused') =>
      faultsWith((all) => markFirst(pick(all)[0]!, { outcome, of: placeOf(of(all).at(-1)!) }))
    expect(await because(inFans, inFans, 'repeat')).toContain(', which is another vote.')
    // A box without a limit refuses nothing but a voteId that it has already.
    expect(await because(inFans, inFans, 'refused')).toContain(', which has another voteId.')
    expect(await because(inFans, inOnce, 'refused')).toContain(', which lies in another ballot box.')
    const uncounted = (all: LedgerContent[]) => all.filter((content) => content.uncounted.length > 0)
    expect(
      await faultsWith((all) => {
        const [first, second] = uncounted(all)
        first!.uncounted[0]!.of = { batchId: second!.batchId, position: second!.uncounted[0]!.position }
      }),
    ).toContain(', which does not count either.')
  })

  it('VE12 refuses a vote that counts in two batches where its voteId is what makes it one', async () => {
    const c = copy(its.openFolder)
    const rows = readRows(c)
    const row = rows.find(({ content }) => content.votes.some(([, , box]) => box === 'fans'))
    const vote = row?.content.votes.find(([, , box]) => box === 'fans')
    if (row === undefined || vote === undefined) throw new Error('no vote')
    const again = structuredClone(row)
    again.content.batchId = uuidv7()
    // Written another way it is the same.
    again.content.votes = [[0, vote[1].toUpperCase(), vote[2], vote[3]]]
    rewrite(c, [
      ...rows.filter(({ shard }) => shard <= row.shard),
      again,
      ...rows.filter(({ shard }) => shard > row.shard),
    ])
    expect(await faultsOf(c.folder, { anchorsFile: c.file('anchors.jsonl') })).toContain(
      `The vote ${vote[1]} in fans counts twice: in batch ${row.content.batchId} and in batch ${again.content.batchId}.`,
    )
  })

  it('VE13 refuses a certified poll that was voted on otherwise: question, texts, weights and limits are signed', async () => {
    const told = /^The certified result differs: the poll: its question, options/
    const faultsWith = async (change: (poll: Poll) => Partial<Poll>) => {
      const c = copy()
      const manifest = JSON.parse(readFileSync(c.file('manifest.json'), 'utf8')) as Manifest
      const poll = { ...manifest.poll, ...change(manifest.poll) }
      writeFileSync(c.file('manifest.json'), JSON.stringify({ ...manifest, poll }))
      return faultsOf(c.folder)
    }
    const isTold = [expect.stringMatching(told)]
    expect(await faultsWith(() => ({ question: 'Who goes home?' }))).toEqual(isTold)
    expect(
      await faultsWith(({ options: [first, second, ...others] }) => ({
        options: [{ ...first!, text: second!.text }, { ...second!, text: first!.text }, ...others],
      })),
    ).toEqual(isTold)
    expect(
      await faultsWith(({ boxes: [once, fans] }) => ({
        boxes: [
          { ...once!, weight: fans!.weight },
          { ...fans!, weight: once!.weight },
        ],
      })),
    ).toEqual(isTold)
    expect(
      await faultsWith(({ boxes: [once, fans] }) => ({
        boxes: [{ ...once!, limit: { votes: 2, perSeconds: null } }, fans!],
      })),
    ).toContainEqual(isTold[0])
    // No one voter can have all votes of a box in which everyone has one, whatever was signed.
    const last = JSON.parse(copy().lines('anchors.jsonl').at(-1) ?? '') as SignedAnchor
    const { certified } = JSON.parse(last.content) as AnchorContent
    const { poll } = JSON.parse(readFileSync(join(its.folder, 'manifest.json'), 'utf8')) as Manifest
    if (certified === undefined) throw new Error('no result')
    const { received, counted, repeats: repeat, refused, rejected, counts } = certified
    const sums = {
      votes: () => received,
      outcomes: { counted, repeat, refused, rejected },
      counts: () => counts,
    }
    expect(whyNotCertified(poll, certified, sums)).toEqual([])
    const voters = certified.voters.map((one) =>
      one.boxId === 'once' ? { ...one, votes: one.voters, voters: 1 } : one,
    )
    expect(whyNotCertified(poll, { ...certified, voters }, sums)).toEqual([
      'voters of once: 1 have 25 votes each, where 1 are allowed',
    ])
    // What may change later, such as who sees it, is not in it.
    expect(await faultsWith(({ version }) => ({ visibility: 'embargo', version: version + 1 }))).toEqual([])
  })

  it('VE14 proves by anchors that somebody began to keep later, and says since when', async () => {
    const lines = copy().lines('anchors.jsonl')
    const file = join(its.dir, 'kept-late.jsonl')
    const late = lines.slice(1)
    writeFileSync(file, late.join('\n'))
    const { madeAt } = JSON.parse((JSON.parse(late[0] ?? '') as SignedAnchor).content) as AnchorContent
    const { code, out } = await runCommand('verify', [its.folder, '--anchors', file])
    expect(out).toContain(
      `those before number 2 are not in your file: what they covered is proven since ${madeAt} only`,
    )
    expect(out).toContain('All of it is what was signed.')
    expect(code).toBe(0)
    // A row of the time before is covered by them all the same.
    const c = copy()
    const rows = readRows(c)
    const first = rows.find(({ seq }) => seq === 1)
    if (first === undefined) throw new Error('no row')
    first.content = changeFirstVote(first.content)
    rewrite(c, rows)
    expect((await faultsOf(c.folder, { anchorsFile: file })).join('\n')).toMatch(
      new RegExp(`Shard ${first.shard}, rows? 1.*: not what anchor \\d+ signed`),
    )
    // An export has all of its own, and as many as it says.
    c.put('anchors.jsonl', late)
    const faults = await faultsOf(c.folder)
    expect(faults).toContain("In the export's own anchors: those before number 2 are missing.")
    expect(faults).toContain(
      `The manifest has ${lines.length} anchors, the export's own file ${late.length}.`,
    )
  })

  it("VE15 checks a receipt that was saved with its proof, offline, by keys of one's own", async () => {
    const key = openSigningKey(Buffer.alloc(32, 7))
    const { own, proof } = madeProof(key, { votes: 5, position: 3 })
    const file = join(its.dir, 'receipt.json')
    const keysFile = join(its.dir, 'receipt-keys.json')
    writeFileSync(keysFile, JSON.stringify(keySetOf(key)))
    const check = (more: object, keys: string[] = ['--keys', keysFile]) => {
      writeFileSync(file, receiptFile(own, { state: 'counted', ...more }))
      return runCommand('verify', ['--receipt', file, ...keys])
    }
    expect(await check({ proof })).toMatchObject({
      code: 0,
      out: expect.stringContaining('Your vote lies where your receipt says, and an anchor covers it.'),
    })
    expect(await check({ proof, keys: keySetOf(key).keys }, [])).toMatchObject({ code: 0 })
    expect(await check({ proof: { ...proof, seq: proof.seq + 1 } })).toMatchObject({
      code: 1,
      out: expect.stringContaining('This receipt does not hold.'),
    })
    expect(await check({ proof, state: 'refused' })).toMatchObject({ code: 1 })
    expect(await check({})).toMatchObject({
      code: 3,
      out: expect.stringContaining('the rest is not in this file'),
    })
    writeFileSync(keysFile, JSON.stringify(keySetOf(openSigningKey(Buffer.alloc(32, 8)))))
    // A key that is not among them may be newer than they are, or made up.
    const unknown = await check({ proof, keys: keySetOf(key).keys })
    expect(unknown).toMatchObject({ code: 3, out: expect.stringContaining('it proves nothing') })
    expect(unknown.out).not.toMatch(/counted|an anchor covers it|What could be checked holds/)
  })

  it('VE16 says in one line what file it cannot read', async () => {
    const c = copy()
    const bad = join(its.dir, 'bad-keys.json')
    const args = [c.folder, '--anchors', its.anchorsFile]
    for (const text of ['{"keys":[{}]}', 'no JSON']) {
      writeFileSync(bad, text)
      expect(await runCommand('verify', [...args, '--keys', bad])).toEqual({
        code: 1,
        out: `${bad} is no key set.\n`,
      })
      writeFileSync(c.file('manifest.json'), text)
      expect(await runCommand('verify', args)).toMatchObject({
        code: 1,
        out: expect.stringMatching(/^\S+manifest\.json is no manifest of an export: .*\.\n$/),
      })
      const receipt = await runCommand('verify', ['--receipt', bad, '--keys', bad])
      expect(receipt).toEqual({ code: 1, out: `${bad} is no receipt.\n` })
    }
  })

  it('VE17 says in one line which service is away, for an export and for a replay', async () => {
    const away = 'postgres://urna@127.0.0.1:1/urna'
    const exported = await runCommand(
      'export',
      ['--poll', uuidv7(), '--out', join(its.dir, 'never-written')],
      {
        DATABASE_URL: away,
      },
    )
    expect(exported).toEqual({ code: 1, out: 'Postgres does not answer at 127.0.0.1:1.\n' })
    const kafka = { TALLIES_DATABASE_URL: away, KAFKA_BROKERS: '127.0.0.1:1,127.0.0.1:2' }
    const replayed = await runCommand('replay', ['--from-start'], kafka)
    expect(replayed).toEqual({ code: 1, out: 'Postgres does not answer at 127.0.0.1:1.\n' })
    // A socket of this machine is not asked before.
    const there = await runCommand('replay', ['--from-start'], {
      ...kafka,
      TALLIES_DATABASE_URL: 'postgres:///urna?host=/nowhere',
    })
    expect(there).toEqual({ code: 1, out: 'Kafka does not answer at 127.0.0.1:1, 127.0.0.1:2.\n' })
  })
})
