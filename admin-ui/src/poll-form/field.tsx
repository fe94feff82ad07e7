/** A labelled field with its hint, and with what is wrong with it. */
import { useId, type ReactNode } from 'react'

export interface FieldIds {
  readonly id: string
  readonly 'aria-describedby': string
  readonly 'aria-invalid': boolean
}

interface FieldParts {
  readonly label: string
  readonly hint?: ReactNode
  readonly fault: string | undefined
  readonly children: (ids: FieldIds) => ReactNode
}

export function FormField({ label, hint, fault, children }: FieldParts) {
  const id = useId()
  const sayId = `${id}-says`
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, 'aria-describedby': sayId, 'aria-invalid': fault !== undefined })}
      <div id={sayId}>
        {hint !== undefined && <p className="field-hint">{hint}</p>}
        <FieldFault fault={fault} />
      </div>
    </div>
  )
}

export function FieldFault({ fault, id }: { fault: string | undefined; id?: string }) {
  return fault === undefined ? null : (
    <p className="field-fault" id={id}>
      {fault}
    </p>
  )
}
