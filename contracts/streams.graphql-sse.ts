/** Opens GraphQL subscriptions over SSE, one connection each. */
import { createClient } from 'graphql-sse'
import { z } from 'zod'
import type { StreamSink } from './live.ts'

/** A generated document, with the types of its frames and variables. */
interface SubscriptionDocument<Frame, Variables> {
  toString(): string
  readonly __apiType?: (variables: Variables) => Frame
}

export interface Streams {
  /** Subscribes; returns how to stop. */
  open<Frame, Variables extends Record<string, unknown>>(
    document: SubscriptionDocument<Frame, Variables>,
    variables: Variables,
    sink: StreamSink<Frame>,
  ): () => void
}

interface StreamsParts {
  readonly url: string
  /** Asked anew for each stream where it is a function. */
  readonly headers?: Record<string, string> | (() => Record<string, string>)
  /** Told each answer's `date` header, when it was asked for and when it came (epoch ms). */
  readonly onDate?: (header: string | null, sentAt: number, heardAt: number) => void
}

export function makeStreams({ url, headers = {}, onDate }: StreamsParts): Streams {
  return {
    open<Frame, Variables extends Record<string, unknown>>(
      document: SubscriptionDocument<Frame, Variables>,
      variables: Variables,
      sink: StreamSink<Frame>,
    ) {
      let over = false
      const end = (refusal: string | null) => {
        if (over) return
        over = true
        sink.onEnd(refusal)
      }
      const client = createClient({
        url,
        headers,
        // Coming back is the business of `follow`, which knows about sleep and hidden tabs.
        retryAttempts: 0,
        async fetchFn(input: string, init: RequestInit) {
          const sentAt = Date.now()
          const response = await fetch(input, init)
          onDate?.(response.headers.get('date'), sentAt, Date.now())
          if (response.ok) return overhear(response, sink.onSign)
          end(await refusalIn(response))
          return response
        },
      })
      const stop = client.subscribe<Frame>(
        { query: document.toString(), variables },
        {
          next({ data, errors }) {
            if (over) return
            if (errors === undefined && data != null) return sink.onFrame(data)
            stop()
            end(reasonIn({ errors }))
          },
          error: () => end(null),
          complete: () => end(null),
        },
      )
      return () => {
        over = true
        stop()
      }
    },
  }
}

const refusedShape = z.object({
  errors: z.tuple([z.object({ extensions: z.object({ reason: z.string() }) })]).rest(z.unknown()),
})

function reasonIn(result: unknown): string | null {
  const refused = refusedShape.safeParse(result)
  return refused.success ? refused.data.errors[0].extensions.reason : null
}

/** A refused subscription is answered by one JSON body before any stream opens; a proxy's page has no reason in it. */
async function refusalIn(response: Response): Promise<string | null> {
  try {
    return reasonIn(await response.json())
  } catch {
    return null
  }
}

/** The same response, telling of every chunk that comes: pings are no messages, but signs of life. */
function overhear(response: Response, onSign: () => void): Response {
  if (response.body === null) return response
  const heard = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, out) {
        onSign()
        out.enqueue(chunk)
      },
    }),
  )
  return new Response(heard, response)
}
