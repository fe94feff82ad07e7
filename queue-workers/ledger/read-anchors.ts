/** Reads anchors that somebody kept apart from the export, and checks their signatures and their order. */
import { hash } from 'node:crypto'
import { z } from 'zod'
import {
  anchorBytes,
  anchorContentShape,
  anchorStatement,
  signedAnchorShape,
  type AnchorContent,
  type SignedAnchor,
} from '../../contracts/anchor.ts'
import { eventTypes } from '../../contracts/events.ts'
import { parsed } from '../../contracts/parsed.ts'
import { keyIdLength, thumbprintText, type PublicKey } from '../../contracts/signing.ts'
import { makeCheckSignature, nameOfKey } from '../../runtime/signing-key.ts'
import type { Faults } from './faults.ts'
import { linesOf } from './line-file.ts'
import { firstHash } from './chain-hash.ts'

export interface Anchors {
  /** In the order of their numbers, from the lowest; what follows the first gap is left out. */
  readonly anchors: readonly AnchorContent[]
  /** The text of each as it was signed, by number. */
  readonly contents: ReadonlyMap<number, string>
  readonly keyIds: ReadonlySet<string>
  readonly lines: number
  /** Lines about other polls. */
  readonly others: number
  /** The highest number of an anchor of the poll that is looked at, whether it holds or not; 0: none. */
  readonly newest: number
}

const eventShape = z.object({
  type: z.literal(eventTypes.anchorSigned),
  signature: z.string(),
  keyid: z.string(),
})

// What stands behind it is what was signed, to the byte: within the strings before it a quote has a backslash.
const dataKey = ',"data":'

/** A line of an export, or a message of the topic urna.anchors as it is; null where it is neither. */
export function readAnchorLine(line: Buffer): SignedAnchor | null {
  const json = parsed(line.toString())
  const plain = signedAnchorShape.safeParse(json)
  if (plain.success) return plain.data
  const event = eventShape.safeParse(json)
  const text = line.toString().trim()
  const at = text.indexOf(dataKey)
  if (!event.success || at < 0) return null
  const { signature, keyid: keyId } = event.data
  return { content: text.slice(at + dataKey.length, -1), signature, keyId }
}

/** `upTo`: the number of the last anchor to look at. */
export async function readAnchors(
  file: string,
  pollId: string,
  keys: readonly PublicKey[],
  upTo: number,
  faults: Faults,
): Promise<Anchors> {
  const checks = checksOf(keys, faults)
  const found = new Map<number, { readonly anchor: AnchorContent; readonly content: string }>()
  const keyIds = new Set<string>()
  let others = 0
  let newest = 0
  let lineNo = 0
  for await (const line of linesOf(file)) {
    lineNo++
    const signed = readAnchorLine(line)
    const content = signed && anchorContentShape.safeParse(parsed(signed.content))
    if (signed === null || content?.success !== true) {
      faults.add(`Line ${lineNo} of the anchors is no anchor.`)
      continue
    }
    const anchor = content.data
    if (anchor.pollId !== pollId) {
      others++
      continue
    }
    if (anchor.anchorNo > upTo) continue
    newest = Math.max(newest, anchor.anchorNo)
    const why = whyForged(signed, anchor, checks)
    if (why !== null) {
      faults.add(`Anchor ${anchor.anchorNo} (line ${lineNo}) ${why}.`)
      continue
    }
    keyIds.add(signed.keyId)
    const before = found.get(anchor.anchorNo)
    if (before !== undefined && before.content !== signed.content)
      faults.add(`There are two anchors ${anchor.anchorNo}, and they differ: two pasts were signed.`)
    else found.set(anchor.anchorNo, { anchor, content: signed.content })
  }
  const anchors = inOrder(found, faults)
  return {
    ...{ anchors, keyIds, lines: lineNo, others, newest },
    contents: new Map([...found].map(([anchorNo, { content }]) => [anchorNo, content])),
  }
}

type Checks = ReadonlyMap<string, ReturnType<typeof makeCheckSignature>>

function checksOf(keys: readonly PublicKey[], faults: Faults): Checks {
  const checks: [string, ReturnType<typeof makeCheckSignature>][] = []
  for (const { kid, x } of keys) {
    if (nameOfKey(thumbprintText(x), keyIdLength) === kid)
      checks.push([kid, makeCheckSignature(Buffer.from(x, 'base64url'))])
    else faults.add(`The key that is called ${kid} is another one.`)
  }
  return new Map(checks)
}

function whyForged(signed: SignedAnchor, anchor: AnchorContent, checks: Checks): string | null {
  const check = checks.get(signed.keyId)
  if (check === undefined) return `is signed by the key ${signed.keyId}, which is not known`
  const signature = Buffer.from(signed.signature, 'base64url')
  if (!check(anchorStatement(signed.content), signature)) return 'is forged: its signature does not fit'
  return anchorBytes(anchor) === signed.content
    ? null
    : 'is not written in the one way in which anchors are written'
}

/**
 * From the lowest number without gaps, each following the one before. Who began to keep anchors later lacks the first
 * ones: as each row's hash is made of the one before, the first that was kept covers all rows of its chains.
 */
function inOrder(
  found: ReadonlyMap<number, { readonly anchor: AnchorContent; readonly content: string }>,
  faults: Faults,
): AnchorContent[] {
  const anchors: AnchorContent[] = []
  const last = Math.max(0, ...found.keys())
  const first = Math.min(...found.keys())
  let before = firstHash.toString('hex')
  const seqs = new Map<number, { readonly seq: number; readonly hash: string }>()
  for (let anchorNo = first; anchorNo <= last; anchorNo++) {
    const its = found.get(anchorNo)
    if (its === undefined) {
      faults.add(`Anchor ${anchorNo} is missing, of ${last}.`)
      break
    }
    const { anchor, content } = its
    const isLater = anchorNo === first && first > 1
    if (anchor.before !== before && !isLater)
      faults.add(`Anchor ${anchorNo} does not follow the one before it.`)
    if (anchors.at(-1)?.certified !== undefined)
      faults.add(`Anchor ${anchorNo} comes after the one that certified the result.`)
    for (const why of isLater ? [] : whyNoNext(anchor, seqs)) faults.add(`Anchor ${anchorNo}: ${why}.`)
    if (isLater) for (const { shard, seq, hash: head } of anchor.shards) seqs.set(shard, { seq, hash: head })
    before = hash('sha256', content, 'hex')
    anchors.push(anchor)
  }
  return anchors
}

/** Every shard goes on where the anchor before left it. */
function whyNoNext(
  { shards }: AnchorContent,
  seqs: Map<number, { readonly seq: number; readonly hash: string }>,
): string[] {
  const wrong: string[] = []
  for (const [shard, { seq }] of seqs) {
    if (!shards.some((its) => its.shard === shard))
      wrong.push(`shard ${shard} and its ${seq} rows are left out`)
  }
  for (const { shard, seq, hash: head, from, root } of shards) {
    const known = seqs.get(shard)
    const goesOn =
      from === undefined || root === undefined
        ? known?.seq === seq && known.hash === head
        : from === (known?.seq ?? 0) + 1 && seq >= from
    if (!goesOn) wrong.push(`shard ${shard} does not go on where the anchor before it ended`)
    seqs.set(shard, { seq, hash: head })
  }
  return wrong
}
