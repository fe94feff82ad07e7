/** Judges a draft by the server's own shapes: what would be sent, or which field is wrong and why. */
import type { z } from 'zod'
import { createPollShape } from '../../../contracts/poll.ts'
import { slugOf, type FormDraft } from './form-draft.ts'
import { judgeBoxes } from './judge-boxes.ts'
import type { OptionDraft } from './option-drafts.ts'
import { fieldAt, fieldsOf, isFrozen, type Faults, type Field } from './fields.ts'
import type { MayChange } from './what-may-change.ts'
import { instantOf } from './zone-time.ts'

export type CreateInput = z.input<typeof createPollShape>

export type Judged =
  { readonly isGood: true; readonly input: CreateInput } | { readonly isGood: false; readonly faults: Faults }

interface JudgedBy {
  readonly nowMs: number
  /** What the form began with: times that stood there may lie in the past. */
  readonly begun: FormDraft
  /** What is frozen is not judged: nobody could mend it. */
  readonly may: MayChange
}

const inputOption = ({ text, colour, optionId, pictureUrl }: OptionDraft) => ({
  text,
  ...(colour !== null && { colour }),
  ...(optionId !== null && { optionId }),
  ...(pictureUrl !== null && pictureUrl.trim() !== '' && { pictureUrl: pictureUrl.trim() }),
})

export function judgeDraft(draft: FormDraft, { nowMs, begun, may }: JudgedBy): Judged {
  const faults: Faults = {}
  const opensAt = instantOf(draft.opensAt, draft.timeZone)
  const closesAt = instantOf(draft.closesAt, draft.timeZone)
  if (opensAt === 'no-such-time') faults.opensAt = noSuchTime
  if (closesAt === 'no-such-time') faults.closesAt = noSuchTime
  const judgedBoxes = judgeBoxes(draft.boxes)
  Object.assign(faults, judgedBoxes.faults)
  for (const [place, { pictureUrl }] of draft.options.entries()) {
    if (pictureUrl !== null && pictureUrl.trim() !== '' && !isSecureAddress(pictureUrl.trim()))
      faults[`options.${place}.pictureUrl`] = 'A picture’s address begins with https:// and names a host.'
  }
  const input: CreateInput = {
    question: draft.question,
    description: draft.description,
    // Left out, the server makes it from the question and keeps it apart from those that are taken.
    ...(draft.slug !== null && { slug: draft.slug }),
    options: draft.options.map(inputOption),
    boxes: judgedBoxes.boxes,
    visibility: draft.visibility,
    timeZone: draft.timeZone,
    isRehearsal: draft.isRehearsal,
    opensAt: opensAt === 'no-such-time' ? null : opensAt,
    closesAt: closesAt === 'no-such-time' ? null : closesAt,
  }
  for (const issue of issuesOf(createPollShape.safeParse(input).error?.issues ?? [])) {
    const field = fieldAt(issue.path)
    // The boxes' own faults say more exactly what is wrong with all of them.
    if (field === 'boxes' && fieldsOf(judgedBoxes.faults).length > 0) continue
    if (field !== null) faults[field] ??= sayIssue(issue, field)
  }
  for (const [place, { text }] of draft.options.entries()) {
    const first = draft.options.findIndex((other) => sameText(other.text, text))
    if (text.trim() !== '' && first < place) faults[`options.${place}`] ??= `The same as option ${first + 1}.`
  }
  const isNew = (field: 'opensAt' | 'closesAt') =>
    draft[field] !== begun[field] || draft.timeZone !== begun.timeZone
  if (isNew('opensAt') && isOver(input.opensAt, nowMs - minuteMs))
    faults.opensAt ??= 'This time is over. Leave it empty to open the poll by hand.'
  if (isNew('closesAt') && isOver(input.closesAt, nowMs)) faults.closesAt ??= 'This time is over.'
  if (draft.slug === null && draft.question.trim() !== '' && slugOf(draft) === '') {
    faults.slug ??= 'The question has no letters to make an address from: write one.'
  }
  const due = fieldsOf(faults).filter((field) => !isFrozen(field, may))
  if (due.length === 0) return { isGood: true, input }
  return { isGood: false, faults: Object.fromEntries(due.map((field) => [field, faults[field]])) }
}

const minuteMs = 60_000 // a field has no seconds: the minute that runs is not over
const noSuchTime = 'The clocks jump over this time on that day: choose another.'
const sameText = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase()

function isOver(instant: string | Date | null | undefined, ms: number): boolean {
  return typeof instant === 'string' && Date.parse(instant) <= ms
}

/** The screens load pictures over https alone. */
function isSecureAddress(text: string): boolean {
  return URL.canParse(text) && new URL(text).protocol === 'https:'
}

/** The union of an option's two forms reports both: the last, the whole form, says what is wrong and where. */
function issuesOf(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.flatMap((issue) =>
    issue.code === 'invalid_union'
      ? issuesOf(issue.errors.at(-1) ?? []).map((inner) => ({
          ...inner,
          path: [...issue.path, ...inner.path],
        }))
      : [issue],
  )
}

function sayIssue(issue: z.core.$ZodIssue, field: Field): string {
  switch (issue.code) {
    case 'too_big':
      if (issue.origin === 'string') return `At most ${issue.maximum} characters.`
      return field === 'options' ? `At most ${issue.maximum} options.` : sentence(issue.message)
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
