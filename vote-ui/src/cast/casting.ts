/** The five states of casting a vote, and what moves it from one to the next. */
import type { KeptVote } from '../../../contracts/kept-votes.ts'
import type { VoteRefusal } from '../../../contracts/refusals.ts'
import type { Receipt } from '../../../contracts/vote.ts'

/** `unclear`: the call itself was stopped, for a reason that is nothing to tell a voter. */
export type CastRefusal = VoteRefusal | 'unclear'

export interface CountedVote {
  readonly voteId: string
  readonly optionId: string
  readonly acceptedAt: string | null
  readonly receipt: Receipt
}

export type Casting =
  | { readonly at: 'choosing'; readonly optionId: string | null }
  /**
   * againAtMs: the gateway answered "come back later", and this is when (the server's time, epoch ms); null: it did not.
   * silent: tries in a row that nobody answered.
   */
  | {
      readonly at: 'sending'
      readonly optionId: string
      readonly againAtMs: number | null
      readonly silent: number
    }
  /** Stored on the device; sent by itself as soon as the gateway can be reached. */
  | { readonly at: 'offline'; readonly optionId: string }
  | ({ readonly at: 'counted' } & CountedVote)
  | {
      readonly at: 'refused'
      readonly optionId: string
      readonly reason: CastRefusal
      readonly retryAt: string | null
    }

export type CastStep =
  /** another: the box takes more than one vote of a voter. */
  | { readonly do: 'choose'; readonly optionId: string; readonly another?: boolean }
  | { readonly do: 'send'; readonly another?: boolean }
  | { readonly do: 'retry'; readonly atMs: number }
  | { readonly do: 'hear' }
  | { readonly do: 'miss'; readonly online: boolean }
  | ({ readonly do: 'count' } & CountedVote)
  | { readonly do: 'refuse'; readonly reason: CastRefusal; readonly retryAt: string | null }
  /** The limit of the box is reached for now: the choice stands, to be cast later. */
  | { readonly do: 'wait' }
  | { readonly do: 'choose-again' }
  /** A vote that was counted and is not found any more. */
  | { readonly do: 'send-again'; readonly optionId: string }

// One lost packet is no outage: the page speaks of being offline at the second silence in a row.
const silencesToOffline = 2

/** What a device that remembers `kept` begins with: a vote without its receipt was cut short and goes out again. */
export function recalled(kept: KeptVote | null): Casting {
  if (kept === null) return { at: 'choosing', optionId: null }
  const { voteId, optionId, receipt, acceptedAt } = kept
  if (receipt === undefined) return { at: 'sending', optionId, againAtMs: null, silent: 0 }
  return { at: 'counted', voteId, optionId, receipt, acceptedAt: acceptedAt ?? null }
}

/** A step that does not fit the state changes nothing: a second click, an answer that comes twice. */
export function step(casting: Casting, taken: CastStep): Casting {
  const underWay = casting.at === 'sending' || casting.at === 'offline'
  switch (taken.do) {
    case 'choose':
      return mayChoose(casting, taken.another) ? { at: 'choosing', optionId: taken.optionId } : casting
    case 'send':
      if (!mayChoose(casting, taken.another) || casting.optionId === null) return casting
      return { at: 'sending', optionId: casting.optionId, againAtMs: null, silent: 0 }
    case 'retry':
      return casting.at === 'sending' && casting.silent === 0
        ? { ...casting, againAtMs: taken.atMs }
        : casting
    case 'hear':
      if (casting.at === 'sending') return casting.silent === 0 ? casting : { ...casting, silent: 0 }
      return underWay ? { at: 'sending', optionId: casting.optionId, againAtMs: null, silent: 0 } : casting
    case 'miss': {
      if (casting.at !== 'sending') return casting
      const silent = casting.silent + 1
      const offline = !taken.online || silent >= silencesToOffline
      return offline ? { at: 'offline', optionId: casting.optionId } : { ...casting, silent }
    }
    case 'count': {
      const { voteId, optionId, acceptedAt, receipt } = taken
      return { at: 'counted', voteId, optionId, acceptedAt, receipt }
    }
    case 'refuse':
      if (!underWay) return casting
      return { at: 'refused', optionId: casting.optionId, reason: taken.reason, retryAt: taken.retryAt }
    case 'wait':
      return underWay ? { at: 'choosing', optionId: casting.optionId } : casting
    case 'choose-again':
      return casting.at === 'refused' ? { at: 'choosing', optionId: casting.optionId } : casting
    case 'send-again':
      if (!mayChoose(casting, true)) return casting
      return { at: 'sending', optionId: taken.optionId, againAtMs: null, silent: 0 }
    default:
      return taken satisfies never
  }
}

const mayChoose = ({ at }: Casting, another = false) => at === 'choosing' || (another && at === 'counted')
