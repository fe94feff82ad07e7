/** The address of the vote page: made from the question, or written by hand. */
import { FormField } from './field.tsx'
import type { Field } from './fields.ts'
import { slugOf, type FormChange, type FormDraft } from './form-draft.ts'

interface AddressPartProps {
  readonly draft: FormDraft
  readonly fault: string | undefined
  readonly change: (change: FormChange) => void
  readonly leave: (field: Field) => void
}

export function AddressPart({ draft, fault, change, leave }: AddressPartProps) {
  return (
    <fieldset className="form-part">
      <legend>Address</legend>
      <FormField
        label="Address of the vote page"
        fault={fault}
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
  )
}
