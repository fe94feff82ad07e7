/** What the package's callers see: types that need no other package. The rules PT hold them to the contracts. */
import type { CallRefusal, VoteRefusal } from '../refusals.ts'

/** Where a voter is remembered: session, last votes, and votes without an answer. `localStorage` is one. */
export interface VoterStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

export interface ConnectOptions {
  /** Where Urna is, such as `https://vote.example`. */
  readonly url: string
  /**
   * One for each voter. In a browser `localStorage` where it works; elsewhere memory, so that a process that ends forgets
   * who it was: give it `fileStorage(path)` of `@urna/client/file-storage`, or one of your own.
   */
  readonly storage?: VoterStorage
  /** A cast without an answer for so long throws; its vote stays stored for the next try. By default 2 minutes. */
  readonly giveUpAfterMs?: number
  /** Told before each new try of a cast: how many there were, and the wait in ms. */
  readonly onRetry?: (tries: number, waitMs: number) => void
}

/** `token` travels as `authorization: Bearer`; `expiresAt` is ISO 8601. */
export interface Session {
  token: string
  expiresAt: string
}

export interface PollOption {
  optionId: string
  text: string
  colour: string | null
  pictureUrl: string | null
}

/** One way to vote in a poll. */
export interface BallotBox {
  boxId: string
  /** device: anyone with a session. verified: an identity that somebody vouches for, see `verify`. */
  voters: 'device' | 'verified'
  /** `votes` in any `perSeconds` seconds, or in the whole poll where that is null. Null: unlimited. */
  limit: { votes: number; perSeconds: number | null } | null
  /** Share of the result in basis points; the boxes of a poll sum to 10,000. */
  weight: number
}

/** Times are ISO 8601 in UTC. */
export interface Poll {
  pollId: string
  slug: string
  question: string
  description: string
  state: 'draft' | 'scheduled' | 'open' | 'closed' | 'counting' | 'certified'
  opensAt: string | null
  closesAt: string | null
  /** How long after a scheduled close a vote may still be in. */
  graceMs: number
  timeZone: string
  options: PollOption[]
  boxes: BallotBox[]
  /** When the counts may be seen. */
  visibility: 'live' | 'after-vote' | 'after-close' | 'embargo'
  revealedAt: string | null
  /** Its votes go the whole way and count for nothing. */
  isRehearsal: boolean
  archivedAt: string | null
  round: number
  previousPollId: string | null
  /** Grows with every change of the poll. */
  version: number
}

export interface Choice {
  readonly pollId: string
  readonly optionId: string
  /** May be left out where the poll has one. */
  readonly box?: string
  /** As the poll's box says it: a vote of a verified voter is kept for that person alone. */
  readonly voters?: BallotBox['voters']
  /** Made where it is not given: a UUID, stored before the first send and kept through every retry. */
  readonly voteId?: string
  /** A vote besides the one that was accepted before, for boxes that take more than one. */
  readonly another?: boolean
}

/** Where a vote lies: in which batch, and where among the votes of its poll in it. */
export interface VotePlace {
  batchId: string
  position: number
}

/** Urna's word that it accepted a vote, which anyone can check. A repeat may hear the place alone; `status` has the rest. */
export interface Receipt extends VotePlace {
  path?: string | undefined
  signature?: string | undefined
  keyId?: string | undefined
}

/** `retryAt` of a limit: when the next vote is possible; none where the limit is for the whole poll. */
export type VoteAnswer =
  | {
      accepted: true
      voteId: string
      acceptedAt: string
      /** How many votes this voter has left in the box now; null where it has no limit. */
      remaining: number | null
      receipt: Receipt
    }
  | { accepted: false; reason: VoteRefusal; message: string; retryAt?: string | undefined }

/** What this device remembers of a vote; without a receipt it may still be on its way. */
export interface KeptVote {
  readonly voteId: string
  readonly optionId: string
  readonly box?: string | undefined
  readonly acceptedAt?: string | undefined
  readonly receipt?: Receipt | undefined
}

/** What a voter may still do in a poll, box by box. `nextAt`: null where a vote is possible now, or never again. */
export interface Allowance {
  readonly hasVoted: boolean
  readonly boxes: readonly {
    readonly boxId: string
    readonly mayVote: boolean
    readonly remaining: number | null
    readonly nextAt: string | null
  }[]
}

export interface AskedVote {
  readonly pollId: string
  readonly voteId: string
  readonly receipt?: Receipt
}

/** queued: accepted and safe. counted: in the result. The rest: not in it, and why. */
export interface VoteStatus {
  state: 'queued' | 'counted' | 'repeat' | 'refused' | 'rejected' | 'unknown'
  of?: VotePlace | undefined
  why?: string | undefined
  receipt?: Receipt | undefined
}

export interface OptionTally {
  optionId: string
  votes: number
}

/** The counts of a poll as this voter may see them. */
export interface Tally {
  pollId: string
  pollVersion: number
  /** Grows with every batch that is counted; 0 where nothing is shown. */
  version: number
  shows: 'counts' | 'turnout' | 'nothing'
  isRehearsal: boolean
  /** When the newest of these counts was stored; null before the first vote, and where nothing is shown. */
  asOf: string | null
  /** Null where nothing is shown. */
  total: number | null
  options: OptionTally[]
  boxes: { boxId: string; total: number; options: OptionTally[] }[]
}

/** How a stream stands. `since`: epoch ms on this device. */
export type Line =
  { readonly at: 'connecting' } | { readonly at: 'live' } | { readonly at: 'lost'; readonly since: number }

export interface TallyWatcher {
  /** Told each newer state, never an older one. */
  readonly onTally: (tally: Tally) => void
  /** Told when the line is lost and when it is back; it comes back by itself. */
  readonly onLine?: (line: Line) => void
  /** The gateway refused the stream; it is tried again all the same, more and more seldom. */
  readonly onRefused?: (reason: string) => void
}

/** What went wrong with a call: its HTTP status, null where no answer came, and the refusal's code, null where it has none. */
export interface Fault {
  status: number | null
  reason: CallRefusal | null
}

/** One voter of one Urna. */
export interface Urna {
  /** The newest 100 polls that everyone may see. */
  polls(): Promise<readonly Poll[]>
  poll(which: { readonly pollId: string } | { readonly slug: string }): Promise<Poll>
  /**
   * Casts a vote and answers what the gateway said. It retries faults of the network and "come back later" with the same
   * voteId, and throws what no retry can mend. The same choice without its answer is the same vote, also after a restart.
   */
  cast(choice: Choice, signal?: AbortSignal): Promise<VoteAnswer>
  /** The last vote of this voter in a box; null where there is none. */
  keptVote(where: Pick<Choice, 'pollId' | 'box' | 'voters'>): KeptVote | null
  status(vote: AskedVote, signal?: AbortSignal): Promise<VoteStatus>
  allowance(pollId: string, signal?: AbortSignal): Promise<Allowance>
  /** Follows a tally until the returned function is called. */
  watchTally(pollId: string, watcher: TallyWatcher): () => void
  /** Starts a session or renews the one at hand; every other call does so by itself where it must. */
  startSession(): Promise<Session>
  /** From now on this voter is also the person whom the token vouches for. */
  verify(identityToken: string): Promise<Session>
}
