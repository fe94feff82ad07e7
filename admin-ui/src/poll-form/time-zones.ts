/** Finds a time zone by what people call it. */

// Some browsers leave UTC out of their list.
const zones: readonly string[] = [
  'UTC',
  ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC'),
]

const plain = (text: string) =>
  text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[_/]+/g, ' ')
const cityOf = (zone: string) => plain(zone.slice(zone.lastIndexOf('/') + 1))

/** Every word must be in the name; those whose city begins so come first. */
export function findZones(words: string): readonly string[] {
  const wanted = plain(words).trim().split(/\s+/).filter(Boolean)
  const begin = wanted.join(' ')
  return zones
    .filter((zone) => wanted.every((word) => plain(zone).includes(word)))
    .toSorted((a, b) => Number(cityOf(b).startsWith(begin)) - Number(cityOf(a).startsWith(begin)))
}
