/** Decides in which form a result leaves: one JSON answer, or a stream of events. */
import { GraphQLError, type ExecutionResult } from 'graphql'
import { isAsyncIterable, processRegularResult, type Plugin } from 'graphql-yoga'
import { toTypedError } from './refusals.ts'

/** Results that leave as events, by the response that Yoga made in their place. */
export type Streams = WeakMap<Response, AsyncIterable<ExecutionResult>>

const json = 'application/json'
const eventStream = 'text/event-stream'

/**
 * A subscription that was refused is answered by its status and one JSON body, before any stream opens. Yoga's own
 * stream serves as well, but reads ahead by 64 kB and may wait for ever on a socket that is gone.
 */
export function makeResultForms(streams: Streams): Plugin {
  return {
    onResultProcess({ request, result, setResult, setResultProcessor }) {
      const accept = request.headers.get('accept') ?? '*/*'
      const namesEvents = accept.includes(eventStream)
      if (isAsyncIterable(result) && !namesEvents && !accept.includes('*/*')) {
        result[Symbol.asyncIterator]()
          .return?.()
          .catch(() => undefined)
        setResult({ errors: [toTypedError(notAcceptable())] })
        setResultProcessor(processRegularResult, json)
      } else if (isAsyncIterable(result)) {
        setResultProcessor((_, { Response }) => {
          const response = new Response(null, { status: 200 })
          streams.set(response, result)
          return response
        }, eventStream)
      } else if (!Array.isArray(result) && result.errors !== undefined) {
        setResult({ ...result, errors: result.errors.map(toTypedError) })
        if (namesEvents) setResultProcessor(processRegularResult, json)
      }
    },
  }
}

/** Makes a result an event; one that many screens share becomes bytes only once. */
export function makeToFrame(): (result: ExecutionResult) => Buffer {
  const frames = new WeakMap<ExecutionResult, Buffer>()
  return (result) => {
    const frame = frames.get(result) ?? Buffer.from(`event: next\ndata: ${toJson(result)}\n\n`)
    frames.set(result, frame)
    return frame
  }
}

/** What an error holds for HTTP is no business of the screen. */
function toJson(result: ExecutionResult): string {
  if (result.errors === undefined) return JSON.stringify(result)
  const errors = result.errors.map((error) => {
    const { http, ...extensions } = toTypedError(error).extensions
    return { message: error.message, path: error.path, extensions }
  })
  return JSON.stringify({ ...result, errors })
}

function notAcceptable(): GraphQLError {
  return new GraphQLError(`A subscription is answered as ${eventStream}: name that in "accept".`, {
    extensions: { http: { status: 406 } },
  })
}
