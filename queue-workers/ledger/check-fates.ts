/** Looks a second time: a vote that does not count names one that does, and where a voteId stands for one vote it counts once. */
import type { LedgerContent, Uncounted } from '../../contracts/ledger.ts'
import type { Poll } from '../../contracts/poll.ts'
import type { Faults } from './faults.ts'
import { keyOfVote, makeTwins } from './find-twins.ts'
import type { ReadRow } from './read-row.ts'

type LedgerVote = LedgerContent['votes'][number]

export interface FatesCheck {
  readonly row: (read: ReadRow) => void
  /** `again`: all rows once more; they are read only where something is looked for. */
  readonly end: (again: () => AsyncIterable<ReadRow>) => Promise<void>
}

/** A vote that says that it does not count because of another one. */
interface Claim {
  readonly batchId: string
  readonly outcome: Uncounted['outcome']
  readonly vote: LedgerVote
}

export function checkFates({ boxes }: Poll, faults: Faults): FatesCheck {
  // Where a voter has one vote in the poll, the voter is what is unique, and two of them may have chosen one voteId.
  const idsAreUnique = new Set(
    boxes.filter(({ limit }) => limit?.votes !== 1 || limit.perSeconds !== null).map(({ boxId }) => boxId),
  )
  const twins = makeTwins()
  const claims = new Map<string, Map<number, Claim[]>>()

  function claim({ batchId, votes }: LedgerContent, { position, outcome, of, why }: Uncounted): void {
    const named = `Batch ${batchId}: the vote at position ${position} is ${wordFor(outcome)}`
    const vote = votes.find(([at]) => at === position)
    if (outcome === 'rejected') {
      if (why === undefined || of !== undefined) faults.add(`${named} and does not say why.`)
    } else if (of === undefined) faults.add(`${named} and does not say which vote counts in its place.`)
    else if (vote !== undefined) {
      const places = claims.get(of.batchId) ?? new Map<number, Claim[]>()
      claims.set(of.batchId, places)
      places.set(of.position, [...(places.get(of.position) ?? []), { batchId, outcome, vote }])
    }
  }

  /** Why the vote that stands at the place which a claim names does not bear it out; null where it does. */
  function whyNot({ outcome, vote: [, voteId, box, option] }: Claim, its: LedgerVote, isCounted: boolean) {
    if (!isCounted) return 'does not count either'
    if (its[2] !== box) return 'lies in another ballot box'
    if (outcome === 'repeat' && (its[1] !== voteId || its[3] !== option)) return 'is another vote'
    // Such a box refuses nothing but a voteId that it has already.
    if (outcome === 'refused' && idsAreUnique.has(box) && its[1] !== voteId) return 'has another voteId'
    return null
  }

  function judge({ content, outcomeOf }: ReadRow): void {
    const places = claims.get(content.batchId)
    for (const vote of places === undefined ? [] : content.votes) {
      for (const its of places?.get(vote[0]) ?? []) {
        const why = whyNot(its, vote, outcomeOf(vote[0]) === 'counted')
        if (why !== null) faults.add(`${sentence(its, content.batchId, vote[0])}, which ${why}.`)
      }
      places?.delete(vote[0])
    }
  }

  return {
    row({ content, outcomeOf }) {
      for (const its of content.uncounted) claim(content, its)
      for (const [position, voteId, box] of content.votes) {
        if (!idsAreUnique.has(box)) continue
        if (content.uncounted.length === 0 || outcomeOf(position) === 'counted') twins.add(voteId)
      }
    },
    async end(again) {
      const doubled = twins.doubled()
      if (claims.size === 0 && doubled.size === 0) return
      const seen = new Map<string, string>()
      for await (const read of again()) {
        judge(read)
        const { batchId, votes } = read.content
        for (const [position, voteId, box] of doubled.size === 0 ? [] : votes) {
          if (!idsAreUnique.has(box) || !doubled.has(keyOfVote(voteId))) continue
          if (read.outcomeOf(position) !== 'counted') continue
          const name = `${voteId.toLowerCase()} in ${box}`
          const first = seen.get(name)
          if (first === undefined) seen.set(name, batchId)
          else faults.add(`The vote ${name} counts twice: in batch ${first} and in batch ${batchId}.`)
        }
      }
      for (const [batchId, places] of claims)
        for (const [position, its] of places)
          for (const one of its) faults.add(`${sentence(one, batchId, position)}, which is not there.`)
    },
  }
}

const wordFor = (outcome: Uncounted['outcome']) => (outcome === 'repeat' ? 'a repeat' : outcome)

const sentence = ({ batchId, outcome, vote }: Claim, ofBatch: string, ofPosition: number) =>
  `Batch ${batchId}: the vote at position ${vote[0]} is ${wordFor(outcome)} because of position ${ofPosition} of batch ${ofBatch}`
