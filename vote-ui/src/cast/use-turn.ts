/** Whose turn it is in one box, as a component sees it while time passes. */
import { useEffect, useSyncExternalStore } from 'react'
import type { BallotBox } from '../../../contracts/poll.ts'
import type { ServerClock } from '../connection/server-clock.ts'
import { useNow } from '../time/use-now.ts'
import type { Allowances } from './allowances.ts'
import type { InBox } from './boxes.ts'
import { turnIn, type Turn } from './turn.ts'

// A countdown has to tick; all else may be a moment late.
const tickMs = { waiting: 250, calm: 2_000 }

export function useTurn(
  allowances: Allowances,
  box: InBox,
  rule: BallotBox,
  clock: Pick<ServerClock, 'now'>,
): { readonly turn: Turn; readonly nowMs: number } {
  const known = useSyncExternalStore(allowances.follow, () => allowances.of(box))
  const waits = known !== null && known.nextAtMs !== null
  const nowMs = useNow(clock, waits ? tickMs.waiting : tickMs.calm)
  const turn = turnIn(rule, known, nowMs)
  // The wait is over: how many are possible again is the server's to say.
  const isOver = waits && turn.at === 'ready'
  const { pollId } = box
  useEffect(() => {
    if (isOver) allowances.ask(pollId)
  }, [allowances, isOver, pollId])
  return { turn, nowMs }
}
