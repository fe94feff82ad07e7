/** A poll's options with their counts and shares, in the order in which they are shown. */
import { optionColour } from '../brand/option-colour.ts'
import type { OptionParts } from '../polls/poll-parts.ts'
import { shares } from '../../../contracts/shares.ts'

export interface ResultRow {
  readonly optionId: string
  readonly text: string
  readonly colour: string
  readonly votes: number
  /** Tenths of a percent; all rows sum to 1,000. */
  readonly tenths: number
  readonly leads: boolean
}

interface Counted {
  readonly options: readonly { readonly optionId: string; readonly votes: number }[]
}

/** While votes come in, rows keep the ballot's order: bars move, lines do not. The final one is by votes. */
export function resultRows(options: readonly OptionParts[], tally: Counted, final: boolean): ResultRow[] {
  const votesOf = new Map(tally.options.map(({ optionId, votes }) => [optionId, votes]))
  const counts = options.map(({ optionId }) => votesOf.get(optionId) ?? 0)
  const tenths = shares(counts)
  const most = Math.max(...counts)
  const rows = options.map(({ optionId, text, colour }, index) => ({
    optionId,
    text,
    colour: optionColour(colour, index),
    votes: counts[index] ?? 0,
    tenths: tenths[index] ?? 0,
    leads: most > 0 && counts[index] === most,
  }))
  return final ? rows.sort((a, b) => b.votes - a.votes) : rows
}
