/** What the screens need of the typed client to cast votes and to know what is left. */
import type { KeptVote } from '../../../contracts/client.ts'
import type { Allowance, VoteAnswer } from '../../../contracts/vote.ts'

export interface VoteClient {
  /** another: a new vote beside those that were accepted before; one that is still under way is the same one. */
  readonly cast: (
    choice: { pollId: string; optionId: string; box?: string; another?: boolean },
    signal?: AbortSignal,
  ) => Promise<VoteAnswer>
  /** The last vote of this device in the box. */
  readonly keptVote: (pollId: string, box?: string) => KeptVote | null
  readonly allowance: (pollId: string) => Promise<Allowance>
  /** Keeps the session with the identity that the token vouches for. */
  readonly verify: (identityToken: string) => Promise<unknown>
}
