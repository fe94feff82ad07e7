/** What stands in the poll's form, and how each key pressed changes it. */
import type { Visibility } from '../../../contracts/poll.ts'
import { nameFrom } from '../../../contracts/names.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { changeBoxes, draftsOf, firstBoxes, type BoxChange, type BoxDraft } from './box-drafts.ts'
import { changeOptions, emptyOption, type OptionChange, type OptionDraft } from './option-drafts.ts'
import { fieldOf, ownZone } from './zone-time.ts'

export interface FormDraft {
  readonly question: string
  readonly description: string
  /** Null: made from the question. */
  readonly slug: string | null
  readonly options: readonly OptionDraft[]
  readonly boxes: readonly BoxDraft[]
  readonly visibility: Visibility
  /** As the fields hold them: the time of the poll's zone. */
  readonly opensAt: string
  readonly closesAt: string
  readonly timeZone: string
  readonly isRehearsal: boolean
}

export type FormChange =
  | { readonly set: 'question' | 'description' | 'opensAt' | 'closesAt' | 'timeZone'; readonly to: string }
  | { readonly set: 'slug'; readonly to: string | null }
  | { readonly set: 'visibility'; readonly to: Visibility }
  | { readonly set: 'isRehearsal'; readonly to: boolean }
  | OptionChange
  | BoxChange

export const emptyDraft = (timeZone: string = ownZone()): FormDraft => ({
  question: '',
  description: '',
  slug: null,
  options: [emptyOption(0), emptyOption(1)],
  boxes: firstBoxes,
  visibility: 'live',
  opensAt: '',
  closesAt: '',
  timeZone,
  isRehearsal: false,
})

export function draftOf(poll: PollParts): FormDraft {
  const { question, description, slug, visibility, timeZone, isRehearsal } = poll
  return {
    ...{ question, description, slug, visibility, timeZone, isRehearsal },
    options: poll.options.map((option, row) => ({ row, ...option })),
    boxes: draftsOf(poll.boxes),
    opensAt: fieldOf(poll.opensAt, timeZone),
    closesAt: fieldOf(poll.closesAt, timeZone),
  }
}

/** The address that the poll will have. */
export const slugOf = (draft: FormDraft): string => draft.slug ?? nameFrom(draft.question, 60)

export function changeDraft(draft: FormDraft, change: FormChange): FormDraft {
  switch (change.set) {
    case 'question':
    case 'description':
    case 'opensAt':
    case 'closesAt':
    case 'timeZone':
    case 'slug':
    case 'visibility':
    case 'isRehearsal':
      return { ...draft, [change.set]: change.to }
    case 'option':
    case 'colour':
    case 'picture':
    case 'added':
    case 'pasted':
    case 'removed':
    case 'moved':
      return { ...draft, options: changeOptions(draft.options, change) }
    case 'box':
    case 'box added':
    case 'box removed':
    case 'box moved':
    case 'balanced':
      return { ...draft, boxes: changeBoxes(draft.boxes, change) }
    default:
      return change satisfies never
  }
}
