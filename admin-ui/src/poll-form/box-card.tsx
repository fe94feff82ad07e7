/** One ballot box being written: its name, who votes in it, how often, and what it weighs. */
import { limitInWords, votersInWords } from '../polls/rules-in-words.ts'
import type { BoxDraft } from './box-drafts.ts'
import { FormField } from './field.tsx'
import type { BoxField, Faults } from './fields.ts'
import { IconButton } from './icon-button.tsx'
import { limitOf } from './limit-draft.ts'
import { LimitFields } from './limit-fields.tsx'

interface BoxCardProps {
  readonly box: BoxDraft
  readonly place: number
  readonly count: number
  readonly faults: Faults
  readonly onChange: (to: Partial<Omit<BoxDraft, 'row'>>) => void
  readonly onLeave: (part: BoxField) => void
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

export function BoxCard(props: BoxCardProps) {
  const { box, place, count, faults, onChange, onLeave, onMove, onRemove } = props
  const name = `Ballot box ${place + 1}`
  const judged = limitOf(box.limit)
  const fault = (part: BoxField) => faults[`boxes.${place}.${part}`]
  return (
    <li className="box-card">
      <fieldset>
        <legend className="only-read">{name}</legend>
        <div className="box-head">
          <p className="box-title">
            {name}
            {!('fault' in judged) && (
              <span className="choice-says">
                {votersInWords[box.voters].name}, {limitInWords(judged.limit)}
                {count > 1 && box.weight.trim() !== '' && `, ${box.weight.trim()} % of the result`}
              </span>
            )}
          </p>
          {count > 1 && (
            <div className="option-buttons">
              <IconButton
                words={`Move ${name.toLowerCase()} up`}
                isOff={place === 0}
                onPress={() => onMove(-1)}
              >
                ↑
              </IconButton>
              <IconButton
                words={`Move ${name.toLowerCase()} down`}
                isOff={place === count - 1}
                onPress={() => onMove(1)}
              >
                ↓
              </IconButton>
              <IconButton words={`Remove ${name.toLowerCase()}`} isOff={false} onPress={onRemove}>
                ×
              </IconButton>
            </div>
          )}
        </div>
        <div className={count > 1 ? 'box-fields is-weighed' : 'box-fields'}>
          <FormField label="Name" fault={fault('boxId')}>
            {(ids) => (
              <input
                {...ids}
                data-box=""
                value={box.boxId}
                maxLength={24}
                autoComplete="off"
                autoCapitalize="none"
                spellCheck={false}
                onChange={(event) => onChange({ boxId: event.target.value.trim().toLowerCase() })}
                onBlur={() => onLeave('boxId')}
              />
            )}
          </FormField>
          <FormField label="Who votes" fault={fault('voters')}>
            {(ids) => (
              <select
                {...ids}
                value={box.voters}
                onChange={(event) =>
                  onChange({ voters: event.target.value === 'verified' ? 'verified' : 'device' })
                }
              >
                <option value="device">Anyone, by device</option>
                <option value="verified">Verified voters</option>
              </select>
            )}
          </FormField>
          {count > 1 && (
            <FormField label="Weight in %" fault={fault('weight')}>
              {(ids) => (
                <input
                  {...ids}
                  inputMode="decimal"
                  autoComplete="off"
                  value={box.weight}
                  onChange={(event) => onChange({ weight: event.target.value })}
                  onBlur={() => onLeave('weight')}
                />
              )}
            </FormField>
          )}
        </div>
        <LimitFields
          limit={box.limit}
          fault={fault('limit')}
          onLimit={(limit) => onChange({ limit })}
          onLeave={() => onLeave('limit')}
        />
      </fieldset>
    </li>
  )
}
