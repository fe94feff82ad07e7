/** Judges a draft by the server's own shapes: what would be sent, or which field is wrong and why. */
import type { z } from 'zod'
import { createPollShape } from '../../../contracts/poll.ts'
import { slugOf, type FormDraft, type OptionDraft } from './form-draft.ts'
import { instantOf } from './local-time.ts'

/** The fields of the form; an option by its place, as in `options.2`. */
export type Field =
  'question' | 'description' | 'slug' | 'opensAt' | 'closesAt' | 'options' | `options.${number}`
export type Faults = Partial<Record<Field, string>>
export type CreateInput = z.input<typeof createPollShape>

export type Judged =
  { readonly isGood: true; readonly input: CreateInput } | { readonly isGood: false; readonly faults: Faults }

const inputOption = ({ text, colour, optionId, pictureUrl }: OptionDraft) => ({
  text,
  ...(colour !== null && { colour }),
  ...(optionId !== null && { optionId }),
  ...(pictureUrl !== null && { pictureUrl }),
})

/** `nowMs` null: times that were set before may lie in the past. */
export function judgeDraft(draft: FormDraft, nowMs: number | null): Judged {
  const faults: Faults = {}
  const opensAt = instantOf(draft.opensAt)
  const closesAt = instantOf(draft.closesAt)
  if (opensAt === 'no-such-time') faults.opensAt = noSuchTime
  if (closesAt === 'no-such-time') faults.closesAt = noSuchTime
  const input: CreateInput = {
    question: draft.question,
    description: draft.description,
    // Left out, the server makes it from the question and keeps it apart from those that are taken.
    ...(draft.slug !== null && { slug: draft.slug }),
    options: draft.options.map(inputOption),
    opensAt: opensAt === 'no-such-time' ? null : opensAt,
    closesAt: closesAt === 'no-such-time' ? null : closesAt,
  }
  const parsed = createPollShape.safeParse(input)
  for (const issue of parsed.error?.issues ?? []) {
    const field = fieldAt(issue.path)
    if (field !== null) faults[field] ??= sayIssue(issue, field)
  }
  for (const [place, { text }] of draft.options.entries()) {
    const first = draft.options.findIndex((other) => sameText(other.text, text))
    if (text.trim() !== '' && first < place) faults[`options.${place}`] ??= `The same as option ${first + 1}.`
  }
  if (nowMs !== null && input.closesAt != null && Date.parse(input.closesAt) <= nowMs) {
    faults.closesAt ??= 'This time is over.'
  }
  if (draft.slug === null && draft.question.trim() !== '' && slugOf(draft) === '') {
    faults.slug ??= 'The question has no letters to make an address from: write one.'
  }
  return Object.keys(faults).length === 0 ? { isGood: true, input } : { isGood: false, faults }
}

const noSuchTime = 'The clocks jump over this time on that day: choose another.'
const sameText = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

/** Where an issue or a fault of the server belongs in the form; null: nowhere that we show. */
export function fieldAt(path: readonly PropertyKey[]): Field | null {
  const [first, second] = path
  switch (first) {
    case 'question':
    case 'description':
    case 'slug':
    case 'opensAt':
    case 'closesAt':
      return first
    case 'options':
      return typeof second === 'number' ? `options.${second}` : 'options'
    default:
      return null
  }
}

/** The union of an option's two forms reports both: the deepest says what is wrong. */
function sayIssue(issue: z.core.$ZodIssue, field: Field): string {
  switch (issue.code) {
    case 'invalid_union': {
      const inner = issue.errors.at(-1)?.[0]
      return inner === undefined ? sentence(issue.message) : sayIssue(inner, field)
    }
    case 'too_big':
      return field === 'options'
        ? `At most ${issue.maximum} options.`
        : `At most ${issue.maximum} characters.`
    case 'custom':
      if (field === 'closesAt') return 'A poll closes after it opens.'
      return sentence(issue.message)
    case 'invalid_format':
      if (field === 'slug') return 'Lower case letters and digits, joined by single hyphens.'
      return sentence(issue.message)
    default:
      return sentence(issue.message)
  }
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1).replace(/\.?$/, '.')
