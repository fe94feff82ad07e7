/** What the one action of a ballot says. */
import { waitOnClock } from '../time/when.ts'
import type { Turn } from './turn.ts'

export interface BallotAction {
  /** at hand: to be chosen. sending, waiting: the vote is on its way or waits for the line, and the choice stands. */
  readonly vote: 'at hand' | 'sending' | 'waiting'
  readonly turn: Turn
  /** The option of the voter's last vote, where more may follow. */
  readonly lastId: string | null
  /** The server's time, epoch ms. */
  readonly nowMs: number
}

export function actionWords(
  { vote, turn, lastId, nowMs }: BallotAction,
  chosen: { readonly optionId: string; readonly text: string } | undefined,
): string {
  if (vote === 'sending') return 'Sending your vote…'
  if (vote === 'waiting') return 'Waiting for the line…'
  switch (turn.at) {
    case 'identity-needed':
      return 'Verified voters only'
    case 'waiting':
      return `Next vote ${waitOnClock(turn.untilMs, nowMs)}`
    case 'spent':
      return 'All your votes are cast'
    case 'ready':
      if (chosen === undefined) return 'Choose one to vote'
      return chosen.optionId === lastId ? `Vote again for ${chosen.text}` : `Vote for ${chosen.text}`
  }
}
