/** What a request for a stream asks, in the form in which two of them can be seen to be equal. */
import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { rightToSee } from './right-to-see.ts'
import type { Viewer } from './viewer.ts'

export interface Question {
  /** Equal for viewers who ask for the same operation with the same variables and may see the same. */
  readonly key: string
  /** The question as one body of a POST, whichever way it came. */
  readonly body: string
  readonly accept: string
}

const askedShape = z.strictObject({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  // Nothing here reads them; an empty one is what some clients send.
  extensions: z.strictObject({}).nullish(),
})

export const eventStream = 'text/event-stream'

/** Whether who says this "accept" takes a stream of events. */
export function takesEvents(accept: string): boolean {
  return accept.includes(eventStream) || accept.includes('*/*')
}

/**
 * Null where it is not plainly one: that goes the stock way, and so may a question. So nothing here decides what is
 * valid or who may see it: that an audience with the same key stands has decided it.
 */
export function readQuestion(
  req: IncomingMessage & { readonly body?: string },
  viewer: Viewer,
): Question | null {
  const accept = req.headers.accept ?? '*/*'
  const text = req.method === 'GET' ? (req.url ?? '') : (req.body ?? '')
  // Who names HTML may be meant to get a page.
  if (!takesEvents(accept) || accept.includes('text/html') || !text.includes('subscription')) return null
  const asked = askedShape.safeParse(req.method === 'GET' ? readSearch(text) : readJson(text))
  if (!asked.success) return null
  const { query, operationName, variables } = asked.data
  const sorted = Object.entries(variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    key: JSON.stringify([rightToSee(viewer), query, operationName ?? null, sorted]),
    body: JSON.stringify({ query, operationName, variables }),
    accept,
  }
}

function readSearch(url: string): unknown {
  const from = url.indexOf('?')
  const search = new URLSearchParams(from < 0 ? '' : url.slice(from + 1))
  const json = (name: string) => {
    const text = search.get(name)
    return text ? readJson(text) : undefined
  }
  return {
    query: search.get('query') || undefined,
    operationName: search.get('operationName') || undefined,
    variables: json('variables'),
    extensions: json('extensions'),
  }
}

/** What is no JSON is no question either. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
