/** The fields of the poll's form by name, where a fault belongs, and which of them are frozen. */
import type { MayChange } from './what-may-change.ts'

export type BoxField = 'boxId' | 'voters' | 'limit' | 'weight'

/** An option or a box by its place, as in `options.2` and `boxes.0.weight`. */
export type Field =
  | ('question' | 'description' | 'slug' | 'opensAt' | 'closesAt' | 'timeZone' | 'visibility')
  | ('options' | `options.${number}` | `options.${number}.pictureUrl`)
  | ('boxes' | `boxes.${number}.${BoxField}`)
export type Faults = Partial<Record<Field, string>>

export const fieldsOf = (faults: Faults): Field[] => Object.keys(faults) as Field[]

/** Where an issue or a fault of the server belongs in the form; null: nowhere that we show. */
export function fieldAt(path: readonly PropertyKey[]): Field | null {
  const [first, place, part] = path
  switch (first) {
    case 'question':
    case 'description':
    case 'slug':
    case 'opensAt':
    case 'closesAt':
    case 'timeZone':
    case 'visibility':
      return first
    case 'options':
      if (typeof place !== 'number') return 'options'
      return part === 'pictureUrl' ? `options.${place}.pictureUrl` : `options.${place}`
    case 'boxes':
      if (typeof place !== 'number') return 'boxes'
      return isBoxField(part) ? `boxes.${place}.${part}` : 'boxes'
    default:
      return null
  }
}

const isBoxField = (part: PropertyKey | undefined): part is BoxField =>
  part === 'boxId' || part === 'voters' || part === 'limit' || part === 'weight'

export function isFrozen(field: Field, may: MayChange): boolean {
  switch (field) {
    case 'question':
    case 'description':
      return !may.texts
    case 'visibility':
      return !may.visibility
    case 'closesAt':
      return !may.closesAt
    default:
      return !may.frame
  }
}
