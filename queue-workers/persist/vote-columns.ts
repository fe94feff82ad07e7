/** The votes of a group by column, read from the text of their batches without an object for each. */
import { entryParts, entryWidth, groupSize } from '../../contracts/batch.ts'
import { nowhere } from './known-poll.ts'
import type { BatchPart } from './received-batch.ts'

const { optionNo: optionAt, boxNo: boxAt, voterKey: voterAt, voteId: voteIdAt } = entryParts

/** Vote i is entry i of each column; the UUIDs are 16 bytes each. */
export interface VoteColumns {
  readonly size: number
  /** Index of its part among those that were given. */
  readonly part: Uint16Array
  readonly position: Uint16Array
  readonly boxNo: Uint8Array
  readonly optionNo: Uint8Array
  readonly voterKey: Buffer
  readonly voteId: Buffer
  /** The votes that cannot be read. Where box or option is among what cannot, both are `nowhere`. */
  readonly unreadable: ReadonlySet<number>
}

const allPositions = Uint16Array.from({ length: groupSize }, (_, position) => position)

/** The value of each digit's character; all else is above every digit. */
const digitOf = new Uint8Array(256).fill(0xff)
for (let digit = 0; digit < 16; digit++) digitOf[digit.toString(16).charCodeAt(0)] = digit
const hyphen = 45

/** Reads votes and checks every character, so that nothing has to be checked before. */
export function voteColumns(parts: readonly BatchPart[]): VoteColumns {
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  const unreadable = new Set<number>()
  const columns = {
    size,
    part: new Uint16Array(size),
    position: new Uint16Array(size),
    boxNo: new Uint8Array(size),
    optionNo: new Uint8Array(size),
    voterKey: Buffer.allocUnsafe(size * 16),
    voteId: Buffer.allocUnsafe(size * 16),
    unreadable,
  }
  let first = 0
  for (const [index, part] of parts.entries()) {
    columns.part.fill(index, first, first + part.size)
    columns.position.set(allPositions.subarray(0, part.size), first)
    if (!readEntries(part, columns, first))
      for (const i of unreadableOf(part, columns, first)) unreadable.add(first + i)
    first += part.size
  }
  return columns
}

/** Reads a part one by one, since not all of it can be read; answers which cannot. */
function unreadableOf(part: BatchPart, columns: Omit<VoteColumns, 'unreadable'>, first: number): number[] {
  const { entries, size } = part
  const unreadable: number[] = []
  for (let i = 0; i < size; i++) {
    const entry = entries.slice(i * entryWidth, (i + 1) * entryWidth)
    if (readEntries({ entries: entry, size: 1 }, columns, first + i)) continue
    unreadable.push(i)
    const numbers = entry.slice(optionAt, voterAt)
    const areRead = /^\d{3}$/.test(numbers)
    columns.optionNo[first + i] = areRead ? Number(numbers.slice(0, 2)) : nowhere.optionNo
    columns.boxNo[first + i] = areRead ? Number(numbers.slice(2)) : nowhere.boxNo
  }
  return unreadable
}

const readableId = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const noId = '00000000-0000-0000-0000-000000000000'

/** The parts, with entries that can be written down in place of those that cannot be read: their voteIds, if any. */
export function mendedParts(parts: readonly BatchPart[], { unreadable }: VoteColumns): readonly BatchPart[] {
  if (unreadable.size === 0) return parts
  let first = 0
  return parts.map((part) => {
    const from = first
    first += part.size
    const entries = Array.from({ length: part.size }, (_, i) => {
      const entry = part.entries.slice(i * entryWidth, (i + 1) * entryWidth)
      if (!unreadable.has(from + i)) return entry
      const voteId = entry.slice(voteIdAt)
      return readableId.test(voteId) ? '0'.repeat(voteIdAt) + voteId : '0'.repeat(voteIdAt) + noId
    })
    return { ...part, entries: entries.join('') }
  })
}

/** False where something is no digit that should be one. */
function readEntries(
  { entries, size }: Pick<BatchPart, 'entries' | 'size'>,
  { boxNo, optionNo, voterKey, voteId }: Omit<VoteColumns, 'unreadable'>,
  first: number,
): boolean {
  // What is not ASCII takes more bytes than characters.
  const text = Buffer.from(entries)
  if (text.length !== size * entryWidth) return false
  let decimals = 0
  let hexes = 0
  let hyphens = 0
  for (let i = 0; i < size; i++) {
    const start = i * entryWidth
    const tens = digitOf[text[start + optionAt] ?? 0] ?? 0
    const ones = digitOf[text[start + optionAt + 1] ?? 0] ?? 0
    const box = digitOf[text[start + boxAt] ?? 0] ?? 0
    decimals = Math.max(decimals, tens, ones, box)
    optionNo[first + i] = tens * 10 + ones
    boxNo[first + i] = box
    const to = (first + i) * 16
    const id = start + voteIdAt
    hexes |= readHex(text, start + voterAt, voterKey, to, 16)
    // 8-4-4-4-12 digits with hyphens between them.
    hexes |= readHex(text, id, voteId, to, 4)
    hexes |= readHex(text, id + 9, voteId, to + 4, 2)
    hexes |= readHex(text, id + 14, voteId, to + 6, 2)
    hexes |= readHex(text, id + 19, voteId, to + 8, 2)
    hexes |= readHex(text, id + 24, voteId, to + 10, 6)
    hyphens |= (text[id + 8] ?? 0) ^ hyphen
    hyphens |= (text[id + 13] ?? 0) ^ hyphen
    hyphens |= (text[id + 18] ?? 0) ^ hyphen
    hyphens |= (text[id + 23] ?? 0) ^ hyphen
  }
  return decimals < 10 && hexes < 16 && hyphens === 0
}

/** Answers the digits or-ed together: above 15 where one is none. */
function readHex(text: Uint8Array, from: number, into: Uint8Array, to: number, bytes: number): number {
  let digits = 0
  for (let i = 0; i < bytes; i++) {
    const high = digitOf[text[from + 2 * i] ?? 0] ?? 0
    const low = digitOf[text[from + 2 * i + 1] ?? 0] ?? 0
    digits |= high | low
    into[to + i] = (high << 4) | low
  }
  return digits
}
