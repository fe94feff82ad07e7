/** Gives polls and options their names in addresses, made from their texts. */
import { nameFrom } from '../../contracts/names.ts'
import type { CreatePoll } from '../../contracts/poll.ts'

export interface NamedOption {
  readonly optionId: string
  readonly text: string
  readonly colour?: string | undefined
  readonly pictureUrl?: string | undefined
}

/** The first of name, name-2, name-3 … that is not taken; texts without letters are called by their place. */
export function freeName(wanted: string, isTaken: (name: string) => boolean, most: number): string {
  for (let n = 1; ; n++) {
    const end = n === 1 ? '' : `-${n}`
    const name = wanted.slice(0, most - end.length).replace(/-+$/, '') + end
    if (!isTaken(name)) return name
  }
}

/** Options that ask for an id have it; the others get what is free. No two ask for the same. */
export function nameOptions(options: CreatePoll['options']): NamedOption[] {
  const idOf = (option: CreatePoll['options'][number]) => ('optionId' in option ? option.optionId : undefined)
  const taken = new Set(options.map(idOf))
  return options.map((option, i) => {
    const wanted = nameFrom(option.text, 40) || `option-${i + 1}`
    const optionId = idOf(option) ?? freeName(wanted, (name) => taken.has(name), 40)
    taken.add(optionId)
    return { ...option, optionId }
  })
}
