/** The colour of an option: its own, else the one of its place in the poll. */

const palette = 8

export function optionColour(colour: string | null, index: number): string {
  return colour ?? `var(--option-${(index % palette) + 1})`
}
