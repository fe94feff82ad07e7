/** What stands in the poll's form, and how each key pressed changes it. */
import type { PollParts } from '../polls/poll-parts.ts'
import { fieldOf } from './local-time.ts'
import { nameFrom } from '../../../contracts/names.ts'

export interface OptionDraft {
  /** Tells the row from its neighbours while it moves; never leaves the form. */
  readonly row: number
  readonly text: string
  /** Null: the screens take the colour of the option's place. */
  readonly colour: string | null
  /** Known only where the option has been saved before. */
  readonly optionId: string | null
  readonly pictureUrl: string | null
}

export interface FormDraft {
  readonly question: string
  readonly description: string
  /** Null: made from the question. */
  readonly slug: string | null
  readonly options: readonly OptionDraft[]
  /** As the fields hold them: the moderator's own time. */
  readonly opensAt: string
  readonly closesAt: string
  readonly nextRow: number
}

export type FormChange =
  | { readonly set: 'question' | 'description' | 'opensAt' | 'closesAt'; readonly to: string }
  | { readonly set: 'slug'; readonly to: string | null }
  | { readonly set: 'option'; readonly row: number; readonly text: string }
  | { readonly set: 'colour'; readonly row: number; readonly to: string | null }
  | { readonly set: 'added' }
  | { readonly set: 'removed'; readonly row: number }
  | { readonly set: 'moved'; readonly row: number; readonly by: -1 | 1 }

export const leastOptions = 2
export const mostOptions = 100

const emptyOption = (row: number): OptionDraft => ({
  row,
  text: '',
  colour: null,
  optionId: null,
  pictureUrl: null,
})

export const emptyDraft: FormDraft = {
  question: '',
  description: '',
  slug: null,
  options: [emptyOption(0), emptyOption(1)],
  opensAt: '',
  closesAt: '',
  nextRow: 2,
}

export function draftOf(poll: PollParts): FormDraft {
  return {
    question: poll.question,
    description: poll.description,
    slug: poll.slug,
    options: poll.options.map((option, row) => ({ row, ...option })),
    opensAt: fieldOf(poll.opensAt),
    closesAt: fieldOf(poll.closesAt),
    nextRow: poll.options.length,
  }
}

/** The address that the poll will have. */
export const slugOf = (draft: FormDraft): string => draft.slug ?? nameFrom(draft.question, 60)

export function changeDraft(draft: FormDraft, change: FormChange): FormDraft {
  const option = (row: number, alter: (option: OptionDraft) => OptionDraft): FormDraft => ({
    ...draft,
    options: draft.options.map((one) => (one.row === row ? alter(one) : one)),
  })
  switch (change.set) {
    case 'question':
    case 'description':
    case 'opensAt':
    case 'closesAt':
    case 'slug':
      return { ...draft, [change.set]: change.to }
    case 'option':
      return option(change.row, (one) => ({ ...one, text: change.text }))
    case 'colour':
      return option(change.row, (one) => ({ ...one, colour: change.to }))
    case 'added':
      if (draft.options.length >= mostOptions) return draft
      return { ...draft, options: [...draft.options, emptyOption(draft.nextRow)], nextRow: draft.nextRow + 1 }
    case 'removed':
      if (draft.options.length <= leastOptions) return draft
      return { ...draft, options: draft.options.filter(({ row }) => row !== change.row) }
    case 'moved': {
      const from = draft.options.findIndex(({ row }) => row === change.row)
      const moved = draft.options[from]
      const neighbour = draft.options[from + change.by]
      if (moved === undefined || neighbour === undefined) return draft
      const options = draft.options.with(from, neighbour).with(from + change.by, moved)
      return { ...draft, options }
    }
    default:
      return change satisfies never
  }
}
