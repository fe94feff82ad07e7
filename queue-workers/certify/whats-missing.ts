/** Says in sentences what stands between a poll and its certificate: nothing, where all numbers agree. */
import type { Poll } from '../../contracts/poll.ts'
import type { LedgerSums } from './counted-votes.slonik.ts'

const many = (n: number, one: string, more: string) => `${n.toLocaleString('en')} ${n === 1 ? one : more}`
const votes = (n: number) => many(n, 'vote', 'votes')

/** What can be seen without reading all votes. copied: what the gateways copied to Postgres as accepted. */
export function whatIsMissing(its: {
  readonly admitted: number
  readonly copied: number
  readonly ledger: LedgerSums
  readonly batchesMissing: number
}): string[] {
  const { admitted, copied, batchesMissing } = its
  const { received } = its.ledger
  const missing: string[] = []
  if (copied > admitted)
    missing.push(
      `The gateways have accepted ${votes(copied - admitted)} more than was admitted when it closed.`,
    )
  if (received < admitted)
    missing.push(
      `${votes(admitted - received)} of ${admitted.toLocaleString('en')} that were admitted ${
        admitted - received === 1 ? 'is' : 'are'
      } not in the ledger.`,
    )
  if (received > admitted)
    missing.push(`The ledger holds ${votes(received - admitted)} more than were admitted.`)
  if (batchesMissing > 0) {
    const are = batchesMissing === 1 ? 'is' : 'are'
    missing.push(
      `${many(batchesMissing, 'batch', 'batches')} of the gateways that took its votes ${are} not in the ledger: waiting in the queue, put aside as unreadable, or lost; they may hold votes of other polls only.`,
    )
  }
  return missing
}

/** What the rows themselves say of those that are not there. */
export const whatIsAbsent = (missing: number): string[] =>
  missing === 0
    ? []
    : [
        `By the ledger's own numbers ${votes(missing)} of its runs ${missing === 1 ? 'is' : 'are'} in no batch.`,
      ]

/** Where the same votes are counted in two ways that differ: option by option, box by box. */
export function whereCountsDiffer(
  { options, boxes }: Pick<Poll, 'options' | 'boxes'>,
  by: {
    readonly ledger: readonly number[]
    readonly rows: readonly number[]
    readonly shards: readonly number[]
  },
): string[] {
  const others = [
    ['the table of votes holds', by.rows],
    ['the counters say', by.shards],
  ] as const
  return boxes.flatMap(({ boxId }, boxNo) =>
    options.flatMap(({ optionId }, optionNo) => {
      const place = boxNo * options.length + optionNo
      const right = by.ledger[place] ?? 0
      const where = boxes.length > 1 ? `${optionId} in ${boxId}` : optionId
      return others.flatMap(([say, counts]) => {
        const found = counts[place] ?? 0
        return found === right
          ? []
          : [`For ${where} the ledger counts ${votes(right)}, ${say} ${found.toLocaleString('en')}.`]
      })
    }),
  )
}
