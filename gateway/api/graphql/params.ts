/** The parameters of a GraphQL request, in whichever way they came. */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

const maybe = <Shape extends z.ZodType>(shape: Shape) => shape.nullish()
const map = (name: string) => z.record(z.string(), z.unknown(), `"${name}" must be an object`)

export const paramsShape = z.strictObject(
  {
    query: z.string('"query" must be there, and a string'),
    operationName: maybe(z.string('"operationName" must be a string')),
    variables: maybe(map('variables')),
    extensions: maybe(map('extensions')),
  },
  {
    error: 'An object with "query", "operationName", "variables" and "extensions" is taken, and nothing else',
  },
)

export type Params = z.infer<typeof paramsShape>

/** What was sent as parameters, or in one sentence why it is none. */
export function readParams(sent: unknown): Params | { readonly fault: string } {
  const read = paramsShape.safeParse(sent)
  if (read.success) return read.data
  return { fault: `${read.error.issues.map(({ message }) => message).join('; ')}.` }
}

/** A body that is no JSON was refused by the door. */
export function paramsOf(
  req: IncomingMessage & { readonly body?: string },
): Params | { readonly fault: string } {
  return readParams(req.method === 'GET' ? inSearch(searchOf(req)) : readJson(req.body ?? ''))
}

export function searchOf({ url = '' }: IncomingMessage): URLSearchParams {
  const from = url.indexOf('?')
  return new URLSearchParams(from < 0 ? '' : url.slice(from + 1))
}

/** An empty one counts as left out. */
function inSearch(search: URLSearchParams): unknown {
  const text = (name: string) => search.get(name) || undefined
  const json = (name: string) => {
    const value = text(name)
    return value === undefined ? undefined : readJson(value)
  }
  return {
    ...{ query: text('query'), operationName: text('operationName') },
    ...{ variables: json('variables'), extensions: json('extensions') },
  }
}

/** What is no JSON is no object either. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
