/** What a worker knows of a poll, laid out so that a vote finds its names and its count by its numbers. */

export interface KnownPoll {
  readonly pollNo: number
  readonly pollId: string
  /** Its ledger rows carry a mark. */
  readonly isRehearsal: boolean
  /** Option ids by option number. */
  readonly options: readonly string[]
  /** Boxes by box number. */
  readonly boxes: readonly { readonly boxId: string; readonly oncePerPoll: boolean }[]
  /** By `numbersOf`: where a vote is counted, and how its entry in a ledger row ends; undefined = there is none. */
  readonly places: readonly (number | undefined)[]
  readonly endings: readonly (string | undefined)[]
}

/** Box (0-9) and option (0-99) of a vote as one index. */
export const numbersOf = (boxNo: number, optionNo: number): number => boxNo * 100 + optionNo

/** Of a vote whose box or option cannot be read: no poll has such a box. */
export const nowhere = { boxNo: 10, optionNo: 0 } as const

/** The end of a ledger vote: `[position,"voteId` goes before it. */
export const endingOf = (box: string, option: string): string =>
  `",${JSON.stringify(box)},${JSON.stringify(option)}]`

export function knownPoll(poll: Omit<KnownPoll, 'places' | 'endings'>): KnownPoll {
  const { options, boxes } = poll
  const places = new Array<number | undefined>(1_000).fill(undefined)
  const endings = new Array<string | undefined>(1_000).fill(undefined)
  for (const [boxNo, { boxId }] of boxes.entries()) {
    for (const [optionNo, option] of options.entries()) {
      places[numbersOf(boxNo, optionNo)] = boxNo * options.length + optionNo
      endings[numbersOf(boxNo, optionNo)] = endingOf(boxId, option)
    }
  }
  // Such a vote is counted nowhere and stands in its row without names.
  endings[numbersOf(nowhere.boxNo, nowhere.optionNo)] = endingOf('', '')
  return { ...poll, places, endings }
}
