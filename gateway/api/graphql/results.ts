/** Decides in which form a result leaves: one JSON answer, or a stream of events. */
import { GraphQLError, type ExecutionResult } from 'graphql'
import { isAsyncIterable, processRegularResult, type Plugin } from 'graphql-yoga'
import { eventStream, takesEvents } from './question.ts'
import { toTypedError } from './refusals.ts'

/** Results that leave as events, by the response that Yoga made in their place. */
export type Streams = WeakMap<Response, AsyncIterable<ExecutionResult>>

const json = 'application/json'

/**
 * A subscription that was refused is answered by its status and one JSON body, before any stream opens. Yoga's own
 * stream would read ahead by 64 kB for each viewer, and may wait for ever on a socket that is gone.
 */
export function makeResultForms(streams: Streams): Plugin {
  return {
    onResultProcess({ request, result, setResult, setResultProcessor }) {
      const accept = request.headers.get('accept') ?? '*/*'
      if (isAsyncIterable(result) && !takesEvents(accept)) {
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
        if (accept.includes(eventStream)) setResultProcessor(processRegularResult, json)
      }
    },
  }
}

function notAcceptable(): GraphQLError {
  return new GraphQLError(`A subscription is answered as ${eventStream}: name that in "accept".`, {
    extensions: { http: { status: 406 } },
  })
}
