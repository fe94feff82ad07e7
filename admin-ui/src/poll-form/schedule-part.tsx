/** When a poll opens and closes, by the clocks of the poll's time zone. */
import { differsHere, exactTime } from '../polls/schedule.ts'
import { FormField } from './field.tsx'
import type { Faults, Field } from './fields.ts'
import type { FormChange, FormDraft } from './form-draft.ts'
import { TimeZonePicker } from './time-zone-picker.tsx'
import type { MayChange } from './what-may-change.ts'
import { instantOf, ownZone, zoneInWords } from './zone-time.ts'

interface SchedulePartProps {
  readonly draft: FormDraft
  readonly faults: Faults
  readonly may: MayChange
  readonly change: (change: FormChange) => void
  readonly leave: (field: Field) => void
}

export function SchedulePart({ draft, faults, may, change, leave }: SchedulePartProps) {
  const { timeZone } = draft
  const time = (field: 'opensAt' | 'closesAt', label: string, empty: string) => (
    <FormField label={label} fault={faults[field]} hint={hereInWords(draft[field], timeZone) ?? empty}>
      {(ids) => (
        <input
          {...ids}
          type="datetime-local"
          name={field}
          value={draft[field]}
          onChange={(event) => change({ set: field, to: event.target.value })}
          onBlur={() => leave(field)}
        />
      )}
    </FormField>
  )
  return (
    <fieldset className="form-part">
      <legend>Schedule</legend>
      <div className="form-pair">
        {may.frame && time('opensAt', 'Opens at (optional)', 'Empty: you open it by hand.')}
        {may.closesAt && time('closesAt', 'Closes at (optional)', 'Empty: you close it by hand.')}
      </div>
      {may.frame ? (
        <FormField
          label="Time zone"
          fault={faults.timeZone}
          hint={`These times, and the hours of the result, are told in ${zoneInWords(timeZone)}.`}
        >
          {(ids) => (
            <TimeZonePicker
              ids={ids}
              zone={timeZone}
              onZone={(to) => {
                change({ set: 'timeZone', to })
                leave('timeZone')
              }}
            />
          )}
        </FormField>
      ) : (
        <p className="field-hint">By the clocks of {zoneInWords(timeZone)}.</p>
      )}
      <p className="field-hint">
        The server’s clock decides. A vote is in if it reached the server up to two seconds after a scheduled
        close.
      </p>
    </fieldset>
  )
}

/** What that time is for whoever sits here, where it is another; null where it is the same, or no time at all. */
function hereInWords(field: string, timeZone: string): string | null {
  const instant = instantOf(field, timeZone)
  if (instant === null || instant === 'no-such-time' || !differsHere(instant, timeZone)) return null
  return `For you: ${exactTime(instant)} (${zoneInWords(ownZone(), new Date(instant))}).`
}
