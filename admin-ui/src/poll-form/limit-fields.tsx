/** How often a voter may vote in a box: a preset, and its numbers where it has some. */
import { FormField } from './field.tsx'
import { unitNames, type LimitDraft, type LimitKind } from './limit-draft.ts'

const kinds: Record<LimitKind, string> = {
  once: 'One vote',
  whole: 'Votes in the whole poll',
  window: 'Votes in a span of time',
  unlimited: 'Unlimited',
}
const kindNames = ['once', 'whole', 'window', 'unlimited'] as const satisfies readonly LimitKind[]

interface LimitFieldsProps {
  readonly limit: LimitDraft
  readonly fault: string | undefined
  readonly onLimit: (limit: LimitDraft) => void
  readonly onLeave: () => void
}

export function LimitFields({ limit, fault, onLimit, onLeave }: LimitFieldsProps) {
  const hasVotes = limit.kind === 'whole' || limit.kind === 'window'
  return (
    <div className="limit-fields">
      <FormField label="How often" fault={hasVotes ? undefined : fault}>
        {(ids) => (
          <select
            {...ids}
            value={limit.kind}
            onChange={(event) => {
              const kind = kindNames.find((one) => one === event.target.value) ?? 'once'
              onLimit({ ...limit, kind })
            }}
          >
            {kindNames.map((kind) => (
              <option key={kind} value={kind}>
                {kinds[kind]}
              </option>
            ))}
          </select>
        )}
      </FormField>
      {hasVotes && (
        <FormField label="Votes" fault={fault}>
          {(ids) => (
            <div className="limit-numbers">
              <input
                {...ids}
                className="short-field"
                inputMode="numeric"
                autoComplete="off"
                value={limit.votes}
                onChange={(event) => onLimit({ ...limit, votes: event.target.value })}
                onBlur={onLeave}
              />
              {limit.kind === 'window' && (
                <>
                  <span>every</span>
                  <input
                    className="short-field"
                    aria-label="Every"
                    aria-describedby={ids['aria-describedby']}
                    inputMode="numeric"
                    autoComplete="off"
                    value={limit.every}
                    onChange={(event) => onLimit({ ...limit, every: event.target.value })}
                    onBlur={onLeave}
                  />
                  <select
                    aria-label="Unit of time"
                    value={limit.unit}
                    onChange={(event) =>
                      onLimit({
                        ...limit,
                        unit: unitNames.find((one) => one === event.target.value) ?? 'seconds',
                      })
                    }
                  >
                    {unitNames.map((unit) => (
                      <option key={unit} value={unit}>
                        {unit}
                      </option>
                    ))}
                  </select>
                </>
              )}
              {limit.kind === 'whole' && <span>in the whole poll</span>}
            </div>
          )}
        </FormField>
      )}
    </div>
  )
}
