/** The options in the poll's form, and how each change alters them. */

export interface OptionDraft {
  /** Tells the row from its neighbours while it moves; never leaves the form. */
  readonly row: number
  readonly text: string
  /** Null: the screens take the colour of the option's place. */
  readonly colour: string | null
  /** Known only where the option has been saved before. */
  readonly optionId: string | null
  /** Null: none; empty: its field is open, and nothing stands in it yet. */
  readonly pictureUrl: string | null
}

export type OptionChange =
  | { readonly set: 'option'; readonly row: number; readonly text: string }
  | { readonly set: 'colour' | 'picture'; readonly row: number; readonly to: string | null }
  | { readonly set: 'added' }
  /** A list from elsewhere: the first line into this row, the others below it. */
  | { readonly set: 'pasted'; readonly row: number; readonly lines: readonly string[] }
  | { readonly set: 'removed'; readonly row: number }
  | { readonly set: 'moved'; readonly row: number; readonly by: -1 | 1 }

export const leastOptions = 2
export const mostOptions = 100

export const emptyOption = (row: number, text = ''): OptionDraft => ({
  ...{ row, text },
  ...{ colour: null, optionId: null, pictureUrl: null },
})

export function changeOptions(options: readonly OptionDraft[], change: OptionChange): readonly OptionDraft[] {
  const nextRow = Math.max(...options.map(({ row }) => row)) + 1
  const alter = (row: number, to: Partial<OptionDraft>) =>
    options.map((one) => (one.row === row ? { ...one, ...to } : one))
  switch (change.set) {
    case 'option':
      return alter(change.row, { text: change.text })
    case 'colour':
      return alter(change.row, { colour: change.to })
    case 'picture':
      return alter(change.row, { pictureUrl: change.to })
    case 'added':
      return options.length >= mostOptions ? options : [...options, emptyOption(nextRow)]
    case 'pasted': {
      const [first = '', ...others] = change.lines
      const place = options.findIndex(({ row }) => row === change.row)
      const begun = alter(change.row, { text: first })
      // Empty rows below are there to be written: the list fills them.
      const below = begun.slice(place + 1)
      const isWaiting = (option: OptionDraft) => option.text.trim() === '' && option.optionId === null
      const kept = below.filter((option) => !isWaiting(option))
      const added = others.map((text, i) => emptyOption(nextRow + i, text))
      const all = [...begun.slice(0, place + 1), ...added, ...kept].slice(0, mostOptions)
      return all.length < leastOptions ? begun : all
    }
    case 'removed':
      return options.length <= leastOptions ? options : options.filter(({ row }) => row !== change.row)
    case 'moved': {
      const from = options.findIndex(({ row }) => row === change.row)
      const [moved, neighbour] = [options[from], options[from + change.by]]
      if (moved === undefined || neighbour === undefined) return options
      return options.with(from, neighbour).with(from + change.by, moved)
    }
    default:
      return change satisfies never
  }
}
