/** What a poll's form holds and shows: the draft, the faults that are due, and whether anything would be lost. */
import { useEffect, useReducer, useState } from 'react'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { isChanged } from './changes-of.ts'
import { changeDraft, type FormChange, type FormDraft } from './form-draft.ts'
import type { Faults, Field } from './fields.ts'
import { judgeDraft, type CreateInput } from './judge-draft.ts'
import type { RefusedDraft } from './refusal-faults.ts'
import type { MayChange } from './what-may-change.ts'

interface UsePollFormParts {
  readonly start: FormDraft
  readonly may: MayChange
  readonly refused: RefusedDraft | null
  /** The server judges what is sent. */
  readonly clock: Pick<ServerClock, 'now'>
  readonly onDirty: (isDirty: boolean) => void
  readonly onSubmit: (draft: FormDraft, input: CreateInput) => void
}

export interface PollFormState {
  readonly draft: FormDraft
  readonly change: (change: FormChange) => void
  /** The field was left: from now on it says what is wrong with it. */
  readonly leave: (field: Field) => void
  readonly faults: Faults
  /** Every time that a submit was held back: the moment to move the focus. */
  readonly held: number
  readonly submit: () => void
}

export function usePollForm(parts: UsePollFormParts): PollFormState {
  const { start, may, refused, clock, onDirty, onSubmit } = parts
  const [begun] = useState(start)
  const [draft, change] = useReducer(changeDraft, begun)
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set())
  const [held, setHeld] = useState(0)
  const [nowMs, setNow] = useState(() => clock.now())
  const [sent, setSent] = useState<FormDraft | null>(null)

  const changed = isChanged(begun, draft)
  useEffect(() => {
    onDirty(changed)
    return () => onDirty(false)
  }, [changed, onDirty])

  const judgeAt = (ms: number) => judgeDraft(draft, { nowMs: ms, begun, may })
  const judged = judgeAt(nowMs)
  const own = judged.isGood ? {} : judged.faults
  const due: Faults = held > 0 ? own : only(own, left)
  // What the server said is about the draft that it saw.
  const told = refused !== null && sent === draft ? refused.faults : {}

  return {
    draft,
    change,
    leave(field) {
      setNow(clock.now())
      setLeft((known) => new Set(known).add(field))
    },
    faults: { ...told, ...due },
    held,
    submit() {
      const ms = clock.now()
      setNow(ms)
      const last = judgeAt(ms)
      if (!last.isGood) return setHeld(held + 1)
      setSent(draft)
      onSubmit(draft, last.input)
    },
  }
}

function only(faults: Faults, fields: ReadonlySet<Field>): Faults {
  const due: Faults = {}
  for (const field of fields) if (faults[field] !== undefined) due[field] = faults[field]
  return due
}
