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
  const differs = (field: 'question' | 'description' | 'slug' | 'opensAt' | 'closesAt') =>
    draft[field] !== before[field]
  return {
    pollId: poll.pollId,
    ...(may.texts && differs('question') && { question: input.question }),
    ...(may.texts && differs('description') && { description: input.description ?? '' }),
    ...(may.frame && differs('slug') && input.slug !== undefined && { slug: input.slug }),
    ...(may.frame && differs('opensAt') && { opensAt: input.opensAt ?? null }),
    ...(may.closesAt && differs('closesAt') && { closesAt: input.closesAt ?? null }),
    ...(may.frame && optionsDiffer(before, draft) && { options: input.options }),
  }
}

/** Whether a draft holds anything that its beginning did not. */
export function isChanged(before: FormDraft, draft: FormDraft): boolean {
  const texts = ['question', 'description', 'slug', 'opensAt', 'closesAt'] as const
  return texts.some((field) => before[field] !== draft[field]) || optionsDiffer(before, draft)
}

function optionsDiffer(before: FormDraft, draft: FormDraft): boolean {
  if (before.options.length !== draft.options.length) return true
  return draft.options.some((option, place) => {
    const was = before.options[place]
    return (
      was === undefined || option.row !== was.row || option.text !== was.text || option.colour !== was.colour
    )
  })
}
