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

/** Null where two options ask for the same id. */
export function nameOptions(options: CreatePoll['options']): NamedOption[] | null {
  const taken = new Set<string>()
  for (const option of options) {
    if (!('optionId' in option) || option.optionId === undefined) continue
    if (taken.has(option.optionId)) return null
    taken.add(option.optionId)
  }
  return options.map((option, i) => {
    if ('optionId' in option && option.optionId !== undefined) return { ...option, optionId: option.optionId }
    const optionId = freeName(nameFrom(option.text, 40) || `option-${i + 1}`, (name) => taken.has(name), 40)
    taken.add(optionId)
    return { ...option, optionId }
  })
}
