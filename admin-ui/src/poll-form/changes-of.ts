/** The update that a changed draft asks for: only what differs from the poll as it is. */
import type { z } from 'zod'
import type { updatePollShape } from '../../../contracts/poll.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { draftOf, type FormDraft } from './form-draft.ts'
import type { CreateInput } from './judge-draft.ts'
import { whatMayChange } from './what-may-change.ts'

export type UpdateInput = z.input<typeof updatePollShape>

/** `input` is the judged draft. What is frozen is never named, whatever the draft holds. */
export function changesOf(poll: PollParts, draft: FormDraft, input: CreateInput): UpdateInput {
  const before = draftOf(poll)
  const may = whatMayChange(poll.state)
  const differs = (field: keyof FormDraft) => before[field] !== draft[field]
  // The same clock in another zone is another instant.
  const timeDiffers = (field: 'opensAt' | 'closesAt') =>
    differs(field) || (differs('timeZone') && draft[field] !== '')
  return {
    pollId: poll.pollId,
    ...(may.texts && differs('question') && { question: input.question }),
    ...(may.texts && differs('description') && { description: input.description ?? '' }),
    ...(may.frame && differs('slug') && input.slug !== undefined && { slug: input.slug }),
    ...(may.frame && optionsDiffer(before, draft) && { options: input.options }),
    ...(may.frame && boxesDiffer(before, draft) && input.boxes !== undefined && { boxes: input.boxes }),
    ...(may.frame && differs('timeZone') && input.timeZone !== undefined && { timeZone: input.timeZone }),
    ...(may.frame && timeDiffers('opensAt') && { opensAt: input.opensAt ?? null }),
    ...(may.closesAt && timeDiffers('closesAt') && { closesAt: input.closesAt ?? null }),
    ...(may.visibility &&
      differs('visibility') &&
      input.visibility !== undefined && { visibility: input.visibility }),
  }
}

/** Whether a draft holds anything that its beginning did not. */
export function isChanged(before: FormDraft, draft: FormDraft): boolean {
  const plain = [
    ...(['question', 'description', 'slug', 'opensAt', 'closesAt'] as const),
    ...(['timeZone', 'visibility', 'isRehearsal'] as const),
  ]
  return (
    plain.some((field) => before[field] !== draft[field]) ||
    optionsDiffer(before, draft) ||
    boxesDiffer(before, draft)
  )
}

const optionsDiffer = (before: FormDraft, draft: FormDraft) => rowsDiffer(before.options, draft.options)
const boxesDiffer = (before: FormDraft, draft: FormDraft) => rowsDiffer(before.boxes, draft.boxes)

/** Rows hold plain values in one order of keys. */
const rowsDiffer = (before: readonly object[], rows: readonly object[]) =>
  JSON.stringify(before.map(sorted)) !== JSON.stringify(rows.map(sorted))

const sorted = (row: object) => Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1))
