/** Whose clock a poll's form goes by. */
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, test } from 'vitest'
import { changeDraft, emptyDraft, type FormDraft } from './form-draft.ts'
import { usePollForm, type PollFormState } from './use-poll-form.ts'
import { whatMayChange } from './what-may-change.ts'
import { fieldOf } from './zone-time.ts'

const minuteMs = 60_000

/** Whether a form sends a poll that closes so many minutes from the device's now, where the server's is another. */
function isSent(closesInMinutes: number, serverIsAheadByMinutes: number): boolean {
  const start = [
    { set: 'question', to: 'Red or blue?' } as const,
    { set: 'option', row: 0, text: 'Red' } as const,
    { set: 'option', row: 1, text: 'Blue' } as const,
  ].reduce<FormDraft>(changeDraft, emptyDraft('UTC'))
  const closesAt = fieldOf(new Date(Date.now() + closesInMinutes * minuteMs).toISOString(), 'UTC')
  let isSent = false
  function Form({ show }: { show: (form: PollFormState) => void }) {
    const form = usePollForm({
      start,
      may: whatMayChange('draft'),
      refused: null,
      clock: { now: () => Date.now() + serverIsAheadByMinutes * minuteMs },
      onDirty: () => undefined,
      onSubmit: () => (isSent = true),
    })
    // What stood there from the beginning may be over.
    if (form.draft.closesAt === '') form.change({ set: 'closesAt', to: closesAt })
    show(form)
    return null
  }
  const shown: PollFormState[] = []
  renderToString(createElement(Form, { show: (form) => void shown.push(form) }))
  shown.at(-1)?.submit()
  return isSent
}

test('A61 a time is over when it is over for the server, whatever the clock of the device says', () => {
  expect(isSent(10, 20)).toBe(false)
  expect(isSent(-10, -20)).toBe(true)
  expect(isSent(10, 0)).toBe(true)
})
