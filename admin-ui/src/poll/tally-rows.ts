/** A tally as rows: the options in the poll's order, with count, share and who leads. */
import { shares } from '../../../contracts/shares.ts'
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import type { TallyFrame } from '../polls/use-tally.ts'

export interface TallyRow {
  readonly optionId: string
  readonly text: string
  readonly colour: string
  readonly votes: number
  /** In tenths of a percent; the rows sum to 1,000. */
  readonly share: number
  /** Nobody has more, and somebody has fewer. */
  readonly leads: boolean
}

export function tallyRows(poll: Pick<PollParts, 'options'>, tally: TallyFrame | null): TallyRow[] {
  const votesOf = new Map(tally?.options.map(({ optionId, votes }) => [optionId, votes]))
  const counts = poll.options.map(({ optionId }) => votesOf.get(optionId) ?? 0)
  const parts = shares(counts)
  const [most, least] = [Math.max(...counts), Math.min(...counts)]
  return poll.options.map(({ optionId, text, colour }, place) => ({
    optionId,
    text,
    colour: optionColour(colour, place),
    votes: counts[place] ?? 0,
    share: parts[place] ?? 0,
    leads: counts[place] === most && most > least,
  }))
}
