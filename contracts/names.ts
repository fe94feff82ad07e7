/** The name that a text gets in addresses: the server makes it, and a form may show it before. */

/** Lower case, accents dropped, hyphens between; empty where nothing is left. */
export function nameFrom(text: string, most: number): string {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
  const name = plain.replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '')
  return name.slice(0, most).replace(/-+$/, '')
}
