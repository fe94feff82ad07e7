/** The form of a poll: what is asked, options, ballot boxes, visibility, schedule, address; what is frozen as text. */
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { AddressPart } from './address-part.tsx'
import { BoxRows } from './box-rows.tsx'
import { FieldFault, FormField } from './field.tsx'
import type { FormDraft } from './form-draft.ts'
import { FrozenRules } from './frozen-rules.tsx'
import type { CreateInput } from './judge-draft.ts'
import { OptionRows } from './option-rows.tsx'
import type { RefusedDraft } from './refusal-faults.ts'
import { RehearsalPart } from './rehearsal-part.tsx'
import { SchedulePart } from './schedule-part.tsx'
import { usePollForm } from './use-poll-form.ts'
import { VisibilityChoice } from './visibility-choice.tsx'
import type { MayChange } from './what-may-change.ts'

interface PollFormParts {
  /** Null: a poll that is being made. */
  readonly poll: PollParts | null
  readonly start: FormDraft
  readonly may: MayChange
  readonly submit: string
  readonly isSending: boolean
  readonly refused: RefusedDraft | null
  readonly clock: Pick<ServerClock, 'now'>
  readonly cancelTo: string
  readonly onDirty: (isDirty: boolean) => void
  readonly onSubmit: (draft: FormDraft, input: CreateInput) => void
}

export function PollForm(parts: PollFormParts) {
  const { poll, start, may, submit, isSending, refused, clock, cancelTo, onDirty, onSubmit } = parts
  const form = usePollForm({ start, may, refused, clock, onDirty, onSubmit })
  const { draft, change, leave, faults, held } = form
  const element = useRef<HTMLFormElement>(null)
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
      {may.texts && (
        <fieldset className="form-part">
          <legend>What is asked</legend>
          <FormField label="Question" fault={faults.question}>
            {(ids) => (
              <input
                {...ids}
                name="question"
                className="question-field"
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
      )}
      {may.frame && (
        <>
          <fieldset className="form-part">
            <legend>Options</legend>
            <OptionRows options={draft.options} faults={faults} change={change} leave={leave} />
          </fieldset>
          <fieldset className="form-part">
            <legend>Ballot boxes</legend>
            <BoxRows boxes={draft.boxes} faults={faults} change={change} leave={leave} />
          </fieldset>
        </>
      )}
      {may.visibility && (
        <fieldset className="form-part">
          <legend>Who sees the counts</legend>
          <VisibilityChoice
            visibility={draft.visibility}
            onVisibility={(to) => change({ set: 'visibility', to })}
          />
          <FieldFault fault={faults.visibility} />
        </fieldset>
      )}
      {(may.frame || may.closesAt) && (
        <SchedulePart draft={draft} faults={faults} may={may} change={change} leave={leave} />
      )}
      {may.frame && <AddressPart draft={draft} fault={faults.slug} change={change} leave={leave} />}
      {poll === null && (
        <RehearsalPart
          isRehearsal={draft.isRehearsal}
          onRehearsal={(to) => change({ set: 'isRehearsal', to })}
        />
      )}
      {poll !== null && !may.frame && <FrozenRules poll={poll} may={may} />}
      <div className="form-end">
        <div className="form-says" role="alert">
          {count > 0 &&
            held > 0 &&
            (count === 1 ? 'One field is not right yet.' : `${count} fields are not right yet.`)}
          {refused?.says}
        </div>
        <Link href={cancelTo} className="button">
          {may.texts ? 'Cancel' : 'Back'}
        </Link>
        {may.texts && (
          <button type="submit" className="button button-action" aria-disabled={isSending}>
            {submit}
          </button>
        )}
      </div>
    </form>
  )
}
