/** A tally as one reader may see it: what is hidden from him is not in it, neither as a number nor as a rhythm. */
import type { Poll } from '../../contracts/poll.ts'
import { weighResult, type Result } from '../../contracts/result.ts'
import type { Tally } from '../../contracts/tally.ts'
import { whatShows, type Reader, type Shows } from '../../contracts/what-shows.ts'

export interface SeenTally extends Omit<Tally, 'total'> {
  readonly shows: Shows
  /** Null where nothing is shown. */
  readonly total: number | null
}

/** `version` is 0 where nothing is shown: it would tell how many batches came. */
export function seeTally(
  poll: Pick<Poll, 'visibility' | 'state' | 'revealedAt' | 'version'>,
  tally: Tally,
  reader: Reader,
): SeenTally {
  const shows = whatShows(poll, reader)
  const ofNow = { ...tally, shows, pollVersion: poll.version }
  switch (shows) {
    case 'counts':
      return ofNow
    case 'turnout':
      return { ...ofNow, options: [], boxes: tally.boxes.map((box) => ({ ...box, options: [] })) }
    case 'nothing':
      return { ...ofNow, version: 0, asOf: null, total: null, options: [], boxes: [] }
  }
}

/** What the poll's boxes weigh, or would if they weighed `weights`; null for a rehearsal and for what is hidden. */
export function resultOf(
  poll: Pick<Poll, 'boxes' | 'options'>,
  { shows, isRehearsal, boxes }: SeenTally,
  weights: readonly number[] | null,
): Result | null {
  if (shows !== 'counts' || isRehearsal) return null
  return weighResult(
    poll.options.map(({ optionId }) => optionId),
    poll.boxes.map(({ boxId, weight }, boxNo) => ({
      boxId,
      weight: weights?.[boxNo] ?? weight,
      votes: (boxes[boxNo]?.options ?? []).map(({ votes }) => votes),
    })),
  )
}
