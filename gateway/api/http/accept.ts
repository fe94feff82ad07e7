/** Which of the forms that GraphQL can answer in a request takes, best first. */

export const mediaTypes = {
  response: 'application/graphql-response+json',
  json: 'application/json',
  events: 'text/event-stream',
} as const

export type Form = keyof typeof mediaTypes

/** Where a request leaves the choice to us, in this order. */
const forms = ['response', 'json', 'events'] as const satisfies readonly Form[]

/** What a request without an "accept" takes. */
const anything = '*/*'

interface Range {
  readonly type: string
  readonly quality: number
  readonly place: number
}

/** RFC 9110: the most specific range decides on a type, then quality, then the order in which they are named. */
export function formsOf(accept: string = anything): Form[] {
  const ranges = accept.split(',').flatMap((text, place) => readRange(text, place) ?? [])
  const ranked = forms.flatMap((form) => {
    const range = rangeOf(mediaTypes[form], ranges)
    return range === undefined || range.quality === 0 ? [] : { form, range }
  })
  // A stable sort: equals stay in our order.
  ranked.sort((a, b) => b.range.quality - a.range.quality || a.range.place - b.range.place)
  return ranked.map(({ form }) => form)
}

/** The type of a JSON answer: the better one that is taken, or the plainer where none is. */
export function jsonTypeOf(accept: string | undefined): string {
  const form = formsOf(accept).find((each) => each !== 'events') ?? 'json'
  return `${mediaTypes[form]}; charset=utf-8`
}

function rangeOf(type: string, ranges: readonly Range[]): Range | undefined {
  const [main = ''] = type.split('/', 1)
  for (const wanted of [type, `${main}/*`, anything]) {
    const [best] = ranges.filter((range) => range.type === wanted).sort((a, b) => b.quality - a.quality)
    if (best !== undefined) return best
  }
  return undefined
}

/** Null: it asks for a coding of characters that we do not speak. */
function readRange(text: string, place: number): Range | null {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  let quality = 1
  for (const parameter of parameters) {
    const [name, value = ''] = parameter.split('=', 2)
    if (name === 'charset' && !isUtf8(value)) return null
    if (name === 'q') quality = Number(value) || 0
  }
  return { type, quality, place }
}

/** The name of a charset as it stands in a media type. */
export const isUtf8 = (charset: string): boolean => /^"?utf-?8"?$/i.test(charset.trim())
