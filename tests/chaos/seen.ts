/** What can be seen from outside when all is quiet: rows, ledger, events, and what each door shows. */
import type { LedgerContent } from '../../contracts/ledger.ts'
import type { LoggedVote } from './voters.ts'

/** A vote as it lies somewhere: in a row, in the ledger, in an event. */
export interface SeenVote {
  readonly pollId: string
  readonly voteId: string
  readonly optionId: string
  readonly batchId: string
  readonly position: number
}

export interface SeenLedgerRow {
  readonly shard: number
  readonly seq: number
  /** Hex. */
  readonly hash: string
  /** As it is stored: what the hash is over, and what Kafka has to have to the byte. */
  readonly bytes: string
  readonly content: LedgerContent
}

export interface SeenEvent {
  readonly id: string
  /** Its data as it came. */
  readonly bytes: string
  readonly content: LedgerContent
}

/** What somebody shows of a poll: option -> votes. */
export interface SeenTally {
  readonly by: string
  readonly pollId: string
  readonly options: Readonly<Record<string, number>>
}

/** What `vote.status` says of a vote to its voter. */
export interface SeenStatus {
  readonly voteId: string
  readonly state: string
}

export interface Seen {
  readonly rows: readonly SeenVote[]
  readonly ledger: readonly SeenLedgerRow[]
  /** Each event once, however often it came. */
  readonly events: readonly SeenEvent[]
  /** Messages on the topic, repeats included. */
  readonly messages: number
  readonly tallies: readonly SeenTally[]
  readonly statuses: readonly SeenStatus[]
  /** Jobs that are still in the queue though all is quiet. */
  readonly jobsLeft: number
  /** Ledger rows that are not marked as emitted. */
  readonly unemitted: number
  /** Batches that a run numbered and the ledger does not have, and how many accepted votes they held. */
  readonly missing: { readonly batches: number; readonly votes: number }
}

/** What the reconciler reports of a poll when all is quiet. */
export interface SeenBooks {
  readonly pollId: string
  readonly books: {
    readonly accepted: number
    readonly counted: number
    readonly repeats: number
    readonly refused: number
    readonly rejected: number
    readonly waiting: number
    readonly lost: number
    readonly unexplained: number
  }
  readonly sources: readonly {
    readonly name: string
    readonly votes: number | null
    readonly fault: string | null
  }[]
  readonly drifts: readonly { readonly what: string; readonly says: string }[]
}

/** Where a poll stands that was closed and is to be certified. */
export interface SeenCertificate {
  readonly pollId: string
  readonly state: string
  readonly admitted: number | null
  readonly received: number | null
  readonly missing: readonly string[]
  readonly isCertified: boolean
  /** What was admitted is frozen, and somebody has looked what is missing. */
  readonly isLookedAt: boolean
}

/** How the check of a poll's export ended: 0 = all of it is what was signed. */
export interface SeenExport {
  readonly pollId: string
  readonly code: number | null
  readonly says: string
}

/** Null: not asked for, as something disagreed before. */
export interface SeenEnd {
  readonly books: readonly SeenBooks[]
  readonly certificates: readonly SeenCertificate[] | null
  readonly exports: readonly SeenExport[] | null
}

/** The votes of a ledger row that are in the result. */
export function countedOf({ pollId, batchId, votes, uncounted }: LedgerContent): SeenVote[] {
  const others = new Set(uncounted.map(({ position }) => position))
  return votes
    .filter(([position]) => !others.has(position))
    .map(([position, voteId, , optionId]) => ({ pollId, voteId, optionId, batchId, position }))
}

/** What the voter of a vote was told of it in the end. */
export function toldOf({ answers }: LoggedVote): 'accepted' | 'refused' | 'nothing' {
  if (answers.some(({ accepted }) => accepted)) return 'accepted'
  return answers.length > 0 ? 'refused' : 'nothing'
}
