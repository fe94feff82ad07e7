/** Compares the result that the last anchor certifies with the poll and the votes of an export. */
import { hash } from 'node:crypto'
import { pollText, type Certified } from '../../contracts/anchor.ts'
import type { Outcome } from '../../contracts/ledger.ts'
import type { Poll } from '../../contracts/poll.ts'

export interface CheckedSums {
  readonly votes: () => number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** Counted votes, `counts[boxNo * options + optionNo]`. */
  readonly counts: () => readonly number[]
}

/** Sentences: where they differ. */
export function whyNotCertified(poll: Poll, certified: Certified, sums: CheckedSums): string[] {
  const { boxes, options } = poll
  const told: string[] = []
  const compare = (what: string, says: number, found: number) => {
    if (says !== found) told.push(`${what}: certified ${says}, in the ledger ${found}`)
  }
  const isSame = (a: readonly string[], b: readonly string[]) => JSON.stringify(a) === JSON.stringify(b)
  const optionIds = options.map(({ optionId }) => optionId)
  const boxIds = boxes.map(({ boxId }) => boxId)
  if (!isSame(certified.options, optionIds) || !isSame(certified.boxes, boxIds))
    return ['its options or ballot boxes are not those of the export']
  if (hash('sha256', pollText(poll), 'hex') !== certified.poll)
    told.push('the poll: its question, options, boxes, weights, limits or times are not those of the export')
  compare('votes admitted', certified.admitted, sums.votes())
  compare('votes received', certified.received, sums.votes())
  compare('votes counted', certified.counted, sums.outcomes.counted)
  compare('repeats', certified.repeats, sums.outcomes.repeat)
  compare('refused', certified.refused, sums.outcomes.refused)
  compare('rejected', certified.rejected, sums.outcomes.rejected)
  const counts = sums.counts()
  for (const [place, votes] of counts.entries()) {
    const [box, option] = [boxIds[Math.floor(place / optionIds.length)], optionIds[place % optionIds.length]]
    compare(`${option} in ${box}`, certified.counts[place] ?? 0, votes)
  }
  for (const { boxId, limit } of boxes) {
    if (limit === null || limit.perSeconds !== null) continue
    for (const { votes, voters } of certified.voters.filter((one) => one.boxId === boxId)) {
      if (votes > limit.votes)
        told.push(`voters of ${boxId}: ${voters} have ${votes} votes each, where ${limit.votes} are allowed`)
    }
  }
  for (const [boxNo, boxId] of boxIds.entries()) {
    const its = certified.voters.filter((one) => one.boxId === boxId)
    const cast = its.reduce((sum, { votes, voters }) => sum + votes * voters, 0)
    const inBox = counts.slice(boxNo * optionIds.length, (boxNo + 1) * optionIds.length)
    compare(
      `votes of the voters of ${boxId}`,
      cast,
      inBox.reduce((sum, votes) => sum + votes, 0),
    )
  }
  return told
}
