/** Checks the votes of an export line by line against its ledger, which says what became of each. */
import { votesLineShape, type LedgerHead, type VotesLine } from '../../contracts/export-files.ts'
import { parsed } from '../../contracts/parsed.ts'
import type { Faults } from './faults.ts'
import type { ReadRow } from './read-row.ts'

export interface VotesCheck {
  /** The votes that belong to this row of the ledger come next. */
  readonly row: (head: LedgerHead, read: ReadRow) => Promise<void>
  /** Once the ledger has no more rows. */
  readonly end: () => Promise<void>
}

export function checkVotes(lines: AsyncGenerator<Buffer>, faults: Faults): VotesCheck {
  let next: Buffer | null | undefined
  async function peek(): Promise<Buffer | null> {
    if (next === undefined) {
      const turn = await lines.next()
      next = turn.done === true ? null : turn.value
    }
    return next
  }

  /** The next line as far as it can be read; one that cannot is told and passed over. */
  async function readNext(): Promise<VotesLine | null> {
    for (;;) {
      const line = await peek()
      if (line === null) return null
      const read = votesLineShape.safeParse(parsed(line.toString()))
      if (read.success) return read.data
      faults.add(`A line of the votes cannot be read: ${line.subarray(0, 100).toString()}`)
      next = undefined
    }
  }

  async function compare(head: LedgerHead, read: ReadRow): Promise<void> {
    const { batchId } = read.content
    for (;;) {
      const line = await readNext()
      if (line === null || isBehind(line, head)) {
        faults.add(`Batch ${batchId}: its votes are missing.`)
        return
      }
      next = undefined
      if (line.shard === head.shard && line.seq === head.seq) {
        for (const why of differences(line, read)) faults.add(`Batch ${batchId}: ${why}.`)
        return
      }
      tellStray(line)
    }
  }

  const tellStray = ({ batchId, votes }: VotesLine) =>
    faults.add(`Batch ${batchId} has ${votes.length} votes and stands in no such row of the ledger.`)

  return {
    async row(head, read) {
      // Nearly always they are the same, to the byte.
      const line = await peek()
      if (line?.equals(Buffer.from(expected(head, read))) === true) next = undefined
      else await compare(head, read)
    },
    async end() {
      for (let line = await readNext(); line !== null; line = await readNext()) {
        next = undefined
        tellStray(line)
      }
    },
  }
}

function expected({ shard, seq }: LedgerHead, { content, outcomeOf }: ReadRow): string {
  const votes = content.votes.map((vote) => [...vote, outcomeOf(vote[0])])
  return JSON.stringify({ shard, seq, batchId: content.batchId, votes })
}

/** Whether this line belongs to a row that comes later; what belongs to none comes last. */
const isBehind = ({ shard, seq }: VotesLine, head: LedgerHead) =>
  shard === null || seq === null || shard > head.shard || (shard === head.shard && seq > head.seq)

function differences(line: VotesLine, { content, outcomeOf }: ReadRow): string[] {
  const told: string[] = []
  if (line.batchId !== content.batchId) told.push(`its votes are those of batch ${line.batchId}`)
  const there = new Map(line.votes.map((vote) => [vote[0], vote]))
  if (there.size < line.votes.length) told.push('two of its votes have the same position')
  for (const [position, ...vote] of content.votes) {
    const says = [...vote, outcomeOf(position)].join(' ')
    const found = there.get(position)
    there.delete(position)
    if (found === undefined)
      told.push(`the vote at position ${position} is in the ledger and not in the votes`)
    else if (found.slice(1).join(' ') !== says)
      told.push(
        `the vote at position ${position} is "${found.slice(1).join(' ')}" in the votes and "${says}" in the ledger`,
      )
  }
  for (const position of there.keys())
    told.push(`the vote at position ${position} is in the votes and not in the ledger`)
  return told
}
