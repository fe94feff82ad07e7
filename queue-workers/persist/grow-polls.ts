/** Reckons what a transaction adds to the polls of a shard: the rows of their chains, their counts, their minutes. */
import { firstHash } from '../ledger/chain-hash.ts'
import { numbersOf, type KnownPoll } from './known-poll.ts'
import { makeLedgerRow, type LedgerRow, type Unstored } from './ledger-row.ts'
import type { BatchPart } from './received-batch.ts'
import type { VoteColumns } from './vote-columns.ts'
import type { PollGrowth, ShardHead } from './write-ledger.slonik.ts'

const minuteMs = 60_000

/** A poll while it is reckoned. */
interface Growing {
  head: { seq: number; hash: Buffer }
  readonly counts: number[]
  readonly minutes: Map<number, number[]>
}

export function growPolls(
  parts: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  columns: VoteColumns,
  unstored: ReadonlyMap<number, Unstored>,
  heads: ReadonlyMap<number, ShardHead>,
): { readonly rows: LedgerRow[]; readonly growths: PollGrowth[] } {
  const growing = new Map<number, Growing>()
  const rows: LedgerRow[] = []
  let first = 0
  for (const part of parts) {
    const poll = polls.get(part.pollNo)
    let its = growing.get(part.pollNo)
    if (its === undefined) growing.set(part.pollNo, (its = begin(poll, heads.get(part.pollNo))))
    const row = makeLedgerRow(part, poll, columns, first, unstored, its.head)
    rows.push(row)
    its.head = row
    if (poll !== undefined && row.tally.counted > 0) countVotes(its, part, poll, columns, first, unstored)
    first += part.size
  }
  const growths = [...growing].map(
    ([
      pollNo,
      {
        head: { seq, hash },
        counts,
        minutes,
      },
    ]) => ({
      ...{ pollNo, minutes },
      head: { seq, hash, counts },
    }),
  )
  return { rows, growths }
}

/** A row of votes that were all rejected may have left fewer counts than the poll has options. */
function begin(poll: KnownPoll | undefined, head: ShardHead | undefined): Growing {
  const length = poll === undefined ? 0 : poll.options.length * poll.boxes.length
  return {
    head: { seq: head?.seq ?? 0, hash: head?.hash ?? firstHash },
    counts: Array.from({ length }, (_, place) => head?.counts[place] ?? 0),
    minutes: new Map(),
  }
}

function countVotes(
  { counts, minutes }: Growing,
  part: BatchPart,
  poll: KnownPoll,
  { boxNo, optionNo }: VoteColumns,
  first: number,
  unstored: ReadonlyMap<number, Unstored>,
): void {
  const minute = part.at - (part.at % minuteMs)
  let ofMinute = minutes.get(minute)
  if (ofMinute === undefined) minutes.set(minute, (ofMinute = new Array<number>(counts.length).fill(0)))
  for (let vote = first; vote < first + part.size; vote++) {
    if (unstored.size > 0 && unstored.has(vote)) continue
    const place = poll.places[numbersOf(boxNo[vote] ?? 0, optionNo[vote] ?? 0)] ?? 0
    counts[place] = (counts[place] ?? 0) + 1
    ofMinute[place] = (ofMinute[place] ?? 0) + 1
  }
}
