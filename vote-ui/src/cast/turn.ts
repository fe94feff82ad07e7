/** Whether it is this voter's turn in a box: ready, waiting for the limit, out of votes, or in need of an identity. */
import type { BallotBox } from '../../../contracts/poll.ts'
import type { BoxAllowance } from './allowances.ts'

export type Turn =
  /** left: null where there is no limit, or where it is not known. */
  | { readonly at: 'ready'; readonly left: number | null }
  | { readonly at: 'waiting'; readonly untilMs: number }
  /** All votes that the box gives in the whole poll were cast. */
  | { readonly at: 'spent' }
  | { readonly at: 'identity-needed' }

/** Nothing known: the vote may be tried, for only the server judges. */
export function turnIn({ limit }: Pick<BallotBox, 'limit'>, known: BoxAllowance | null, nowMs: number): Turn {
  if (known === null) return { at: 'ready', left: null }
  const { mayVote, remaining, nextAtMs, asOfMs } = known
  if (!mayVote) return { at: 'identity-needed' }
  if (limit === null || remaining === null) return { at: 'ready', left: null }
  if (limit.perSeconds === null) return remaining === 0 ? { at: 'spent' } : { at: 'ready', left: remaining }
  if (nextAtMs !== null && nowMs < nextAtMs) return { at: 'waiting', untilMs: nextAtMs }
  // A window gives votes back that nobody tells of: what was known a window ago, or before a wait, is too low now.
  const isOld = nextAtMs !== null || nowMs - asOfMs >= limit.perSeconds * 1_000
  return { at: 'ready', left: isOld || remaining === 0 ? null : remaining }
}
