/** What the bench and its load processes say to each other. */

export interface Ballot {
  readonly pollId: string
  readonly optionIds: readonly string[]
}

/** Who the voters are and where they go; the same for all runs of one load process. */
export interface VotersSetup {
  readonly ports: readonly number[]
  readonly connections: number
  readonly sessionSecret: string
  readonly ballots: readonly Ballot[]
  /** A poll that has ended. */
  readonly closedPollId: string
  /** A rival judges nothing: of the bad requests it only has to answer each. */
  readonly judge: 'urna' | 'rival'
}

/** closed: as fast as answers come. open: request i is due at start + i / rate, whatever became of those before. */
export type Pace =
  | { readonly kind: 'closed'; readonly seconds: number }
  | { readonly kind: 'open'; readonly seconds: number; readonly rate: number }

export interface RunPlan {
  readonly pace: Pace
  /** The most requests that may be needed; for an open pace they follow from it. */
  readonly requests: number
  /** Of 100 requests so many are bad. */
  readonly badPercent: number
  /** Pause before a vote that was refused for want of room is sent again. */
  readonly againAfterMs: number
  /** Whether what is still unanswered or refused for want of room when the time is over is sent until it is accepted. */
  readonly untilAllAccepted: boolean
  /** The longest that may take. */
  readonly patienceS: number
  /** A file for the voteIds that were accepted, 16 bytes each. */
  readonly acceptedFile?: string
  /** A file for the due time of each request, 8 bytes each: ms of the machine's monotonic clock. */
  readonly dueFile?: string
}

export interface RunTold {
  /** From the first send to the last answer. */
  readonly tookS: number
  /** From the first send to the end of the pace. */
  readonly pacedS: number
  readonly sent: number
  readonly accepted: number
  /** Accepted before the pace ended. */
  readonly acceptedInPace: number
  /** Bad requests that got their proper refusal, by reason. */
  readonly refused: Readonly<Record<string, number>>
  /** Good votes refused for want of room, each time counted, by reason. */
  readonly noRoom: Readonly<Record<string, number>>
  /** Answers that are not what they should be. */
  readonly wrong: number
  readonly wrongExamples: readonly string[]
  /** Requests that have no final answer at the end. */
  readonly unanswered: number
  /** Connections that were cut with a request on its way. */
  readonly cut: number
  /** Of accepted votes, in ms: from the due time where the pace is open, else from the send. */
  readonly latency: Latency
  readonly generator: GeneratorTold
}

export interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

export interface GeneratorTold {
  readonly cpuS: number
  readonly ofACore: number
  readonly loopDelayMaxMs: number
}

export interface Progress {
  readonly accepted: number
  readonly noRoom: number
}

export type ToVoters =
  { readonly do: 'prepare'; readonly plan: RunPlan } | { readonly do: 'run' } | { readonly do: 'end-pace' }

export type FromVoters =
  | { readonly is: 'connected' }
  | { readonly is: 'prepared' }
  | { readonly is: 'progress'; readonly progress: Progress }
  | { readonly is: 'told'; readonly told: RunTold }

export interface ViewersSetup {
  readonly ports: readonly number[]
  readonly viewers: number
  /** So many a second go, and as many come. */
  readonly churnPerS: number
  /** They are spread over these polls. */
  readonly pollIds: readonly string[]
  /** The option whose votes are probes. */
  readonly probeOption: string
}

export interface ViewersTold {
  readonly frames: number
  /** Frames whose version was below the one before on the same screen. */
  readonly wentBack: number
  /** The lowest version that a screen of each poll shows now. */
  readonly lowestVersion: Readonly<Record<string, number>>
  /** Streams that ended although nobody had closed them. */
  readonly lost: number
  readonly generator: GeneratorTold
}

export type ToViewers =
  /** From now on frames are counted, and what they prove of probes is kept. */
  | { readonly do: 'begin' }
  /** `file`: three numbers for each probe that a screen saw: poll, count, when (ms of the machine's clock). */
  | { readonly do: 'tell'; readonly file: string }

export type FromViewers =
  | { readonly is: 'connected' }
  | { readonly is: 'begun' }
  | { readonly is: 'told'; readonly told: ViewersTold }
