/** The form of a poll: question, options, schedule, address. */
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import { FormField } from './field.tsx'
import { slugOf, type FormDraft } from './form-draft.ts'
import type { CreateInput } from './judge-draft.ts'
import { zoneInWords } from './local-time.ts'
import { OptionRows } from './option-rows.tsx'
import type { RefusedDraft } from './refusal-faults.ts'
import { usePollForm } from './use-poll-form.ts'
import type { MayChange } from './what-may-change.ts'

interface PollFormParts {
  readonly start: FormDraft
  readonly may: MayChange
  readonly submit: string
  readonly isSending: boolean
  readonly refused: RefusedDraft | null
  readonly cancelTo: string
  readonly onDirty: (isDirty: boolean) => void
  readonly onSubmit: (draft: FormDraft, input: CreateInput) => void
}

export function PollForm(parts: PollFormParts) {
  const { start, may, submit, isSending, refused, cancelTo, onDirty, onSubmit } = parts
  const form = usePollForm({ start, refused, onDirty, onSubmit })
  const { draft, change, leave, faults } = form
  const element = useRef<HTMLFormElement>(null)
  const { held } = form
  const count = Object.keys(faults).length

  // Whoever was held back is led to the first field that is wrong.
  useEffect(() => {
    if (held > 0 || refused !== null)
      element.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
  }, [held, refused])

  return (
    <form
      ref={element}
      className="poll-form"
      noValidate
      // A press on a button leaves the field only with its click: a fault that came up between would push the button away.
      onMouseDown={(event) => {
        if (event.target instanceof Element && event.target.closest('button, a') !== null)
          event.preventDefault()
      }}
      onSubmit={(event) => {
        event.preventDefault()
        if (!isSending) form.submit()
      }}
    >
      {may.why !== null && <p className="form-note">{may.why}</p>}
      <fieldset className="form-part" disabled={!may.texts}>
        <legend>What is asked</legend>
        <FormField label="Question" fault={faults.question}>
          {(ids) => (
            <input
              {...ids}
              name="question"
              value={draft.question}
              maxLength={200}
              autoComplete="off"
              onChange={(event) => change({ set: 'question', to: event.target.value })}
              onBlur={() => leave('question')}
            />
          )}
        </FormField>
        <FormField label="Description (optional)" fault={faults.description}>
          {(ids) => (
            <textarea
              {...ids}
              name="description"
              rows={2}
              maxLength={1_000}
              value={draft.description}
              onChange={(event) => change({ set: 'description', to: event.target.value })}
              onBlur={() => leave('description')}
            />
          )}
        </FormField>
      </fieldset>
      <fieldset className="form-part" disabled={!may.frame}>
        <legend>Options</legend>
        <OptionRows
          options={draft.options}
          faults={faults}
          mayChange={may.frame}
          change={change}
          leave={leave}
        />
      </fieldset>
      <fieldset className="form-part">
        <legend>Schedule</legend>
        <div className="form-pair">
          <FormField
            label="Opens at (optional)"
            fault={faults.opensAt}
            hint={may.frame ? 'Empty: you open it by hand.' : undefined}
          >
            {(ids) => (
              <input
                {...ids}
                type="datetime-local"
                name="opensAt"
                disabled={!may.frame}
                value={draft.opensAt}
                onChange={(event) => change({ set: 'opensAt', to: event.target.value })}
                onBlur={() => leave('opensAt')}
              />
            )}
          </FormField>
          <FormField
            label="Closes at (optional)"
            fault={faults.closesAt}
            hint={may.closesAt ? 'Empty: you close it by hand.' : undefined}
          >
            {(ids) => (
              <input
                {...ids}
                type="datetime-local"
                name="closesAt"
                disabled={!may.closesAt}
                value={draft.closesAt}
                onChange={(event) => change({ set: 'closesAt', to: event.target.value })}
                onBlur={() => leave('closesAt')}
              />
            )}
          </FormField>
        </div>
        <p className="field-hint">Times are in your time zone: {zoneInWords()}.</p>
      </fieldset>
      <fieldset className="form-part" disabled={!may.frame}>
        <legend>Address</legend>
        <FormField
          label="Address of the vote page"
          fault={faults.slug}
          hint={draft.slug === null ? 'Made from the question. Write here to choose another.' : undefined}
        >
          {(ids) => (
            <div className="slug-field">
              <span aria-hidden="true">/p/</span>
              <input
                {...ids}
                name="slug"
                value={slugOf(draft)}
                maxLength={64}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                onChange={(event) => change({ set: 'slug', to: event.target.value.trim() || null })}
                onBlur={() => leave('slug')}
              />
            </div>
          )}
        </FormField>
      </fieldset>
      <div className="form-end">
        <div className="form-says" role="alert">
          {count > 0 &&
            held > 0 &&
            (count === 1 ? 'One field is not right yet.' : `${count} fields are not right yet.`)}
          {refused?.says}
        </div>
        <Link href={cancelTo} className="button">
          Cancel
        </Link>
        <button type="submit" className="button button-action" disabled={isSending || !may.texts}>
          {submit}
        </button>
      </div>
    </form>
  )
}
