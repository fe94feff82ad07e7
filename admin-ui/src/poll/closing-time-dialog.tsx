/** Asks until when a poll shall be open: by a span from now, or by the clock of its zone. */
import { useState } from 'react'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx'
import { FormField } from '../poll-form/field.tsx'
import { zoneInWords } from '../poll-form/zone-time.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { judgeTime, standingTime, timeFromNow, typedTime, type ChosenTime } from './closing-time.ts'

interface ClosingTimeDialogProps {
  readonly poll: Pick<PollParts, 'state' | 'closesAt' | 'timeZone'>
  readonly title: string
  readonly says: string
  readonly confirm: string
  readonly cancel: string
  /** Whether it may be left to be closed by hand. */
  readonly isOptional: boolean
  readonly clock: Pick<ServerClock, 'now'>
  readonly onTime: (closesAt: string | null) => void
  readonly onCancel: () => void
}

const spans = [
  { words: '5 min', ms: 300_000 },
  { words: '15 min', ms: 900_000 },
  { words: '1 hour', ms: 3_600_000 },
  { words: '1 day', ms: 86_400_000 },
]

export function ClosingTimeDialog(props: ClosingTimeDialogProps) {
  const { poll, title, says, confirm, cancel, isOptional, clock, onTime, onCancel } = props
  const { timeZone } = poll
  const [time, setTime] = useState(() => standingTime(poll, clock.now()))
  const [fault, setFault] = useState<string | undefined>(undefined)

  function set(to: ChosenTime) {
    setTime(to)
    setFault(undefined)
  }
  function settle() {
    const judged = judgeTime(time, { isOptional, nowMs: clock.now() })
    if ('fault' in judged) setFault(judged.fault)
    else onTime(judged.closesAt)
  }
  return (
    <ConfirmDialog
      title={title}
      confirm={confirm}
      cancel={cancel}
      tone="action"
      onConfirm={settle}
      onCancel={onCancel}
    >
      <p>{says}</p>
      <FormField
        label={isOptional ? 'Closes at (optional)' : 'Closes at'}
        fault={fault}
        hint={`By the clocks of ${zoneInWords(timeZone)}.${isOptional ? ' Empty: you close it by hand.' : ''}`}
      >
        {(ids) => (
          <input
            {...ids}
            type="datetime-local"
            step="1"
            value={time.field}
            onChange={(event) => set(typedTime(event.target.value, timeZone, clock.now()))}
          />
        )}
      </FormField>
      <div className="spans" role="group" aria-label="From now">
        <span className="unit">From now:</span>
        {spans.map(({ words, ms }) => (
          <button
            key={words}
            type="button"
            className="button button-quiet"
            onClick={() => set(timeFromNow(ms, timeZone, clock.now()))}
          >
            {words}
          </button>
        ))}
      </div>
    </ConfirmDialog>
  )
}
