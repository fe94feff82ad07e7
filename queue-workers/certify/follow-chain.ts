/** Follows the chain of one shard row by row, and throws at the first that does not add up: what is not right is not signed. */
import { hashOfRow, readRow, type ReadRow } from '../ledger/read-row.ts'
import type { StoredRow } from './ledger-pages.slonik.ts'

/** The ledger of a poll is not what it must be. The message is a sentence for a person. */
export class LedgerFault extends Error {
  override name = 'LedgerFault'
}

/** Where a chain stands: after its row `seq`. */
export interface ChainEnd {
  readonly seq: number
  readonly hash: Buffer
}

/** The rows from behind `start` to `last`; each is handed on once it was checked. Answers where they end. */
export async function followChain(
  its: { readonly pollId: string; readonly shard: number },
  rows: AsyncIterable<StoredRow>,
  start: ChainEnd,
  last: number,
  onRow: (row: StoredRow, read: ReadRow) => void,
): Promise<ChainEnd> {
  let end = start
  for await (const row of rows) {
    if (row.seq !== end.seq + 1) throw missing(its.shard, end.seq + 1, row.seq - 1)
    const read = readRow(row.content)
    const named = `Batch ${row.batchId} (shard ${its.shard}, row ${row.seq})`
    if (typeof read === 'string') throw new LedgerFault(`${named} cannot be read: ${read}.`)
    const why = whyOther(its.pollId, row, read)
    if (why !== null) throw new LedgerFault(`${named}: ${why}.`)
    const hash = hashOfRow(end.hash, read.content)
    if (!hash.equals(row.hash)) throw new LedgerFault(`${named} has not the hash that its votes make.`)
    onRow(row, read)
    end = { seq: row.seq, hash }
  }
  if (end.seq !== last) throw missing(its.shard, end.seq + 1, last)
  return end
}

function missing(shard: number, from: number, to: number): LedgerFault {
  const rows = from === to ? `row ${from} is` : `rows ${from} to ${to} are`
  return new LedgerFault(`In shard ${shard} ${rows} not in the ledger.`)
}

/** What the row's columns say that its bytes do not. */
function whyOther(pollId: string, row: StoredRow, { content, outcomes }: ReadRow): string | null {
  if (content.pollId !== pollId) return 'it names another poll'
  if (content.batchId !== row.batchId) return 'it names another batch'
  if (content.run !== row.runId) return 'it names another run'
  const isSame =
    outcomes.counted === row.counted &&
    outcomes.repeat === row.repeats &&
    outcomes.refused === row.refused &&
    outcomes.rejected === row.rejected
  return isSame ? null : 'its counts are not those of its votes'
}
