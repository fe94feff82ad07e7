/** Bounds the memory that the documents of viewers take, whether remembered as parsed or held by live streams. */
import type { DocumentNode } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { refuse } from './refusals.ts'
import type { Viewer } from './viewer.ts'

/** Bytes. A token of a parsed document was seen to take 0.5 kB; its text is held several times over. */
const perToken = 500
const perCharacter = 8
// 16,000 streams that ask like our screens fit, had each a document of its own.
const mostHeld = 200_000_000
// At 1,000 tokens each, 64 MB. Our own screens send fifteen.
const mostParsed = 128

/** Remembers what came from a text, and forgets what was asked for least recently. */
export function makeParsed<T>(most = mostParsed) {
  const parsed = new Map<string, T>()
  const set = (text: string, value: T) => {
    parsed.delete(text)
    parsed.set(text, value)
    if (parsed.size > most) for (const oldest of parsed.keys()) return void parsed.delete(oldest)
  }
  return {
    set,
    get(text: string): T | undefined {
      const found = parsed.get(text)
      if (found !== undefined) set(text, found)
      return found
    },
  }
}

/** Refuses a stream for which there is no room; a viewer with a question that is followed already needs none. */
export function makeHeldDocuments(most = mostHeld): Plugin<Viewer> {
  const streams = new Map<DocumentNode, number>()
  let held = 0
  return {
    onSubscribe({ args, setResultAndStopExecution }) {
      const document = args.document as DocumentNode
      const asked = (document.loc?.end ?? 0) + JSON.stringify(args.variableValues ?? {}).length
      const own = asked * perCharacter
      const shared = tokensIn(document) * perToken
      const before = streams.get(document) ?? 0
      const size = own + (before === 0 ? shared : 0)
      if (held + size > most) {
        const says = 'Too many different subscriptions are followed here. Try again a little later.'
        return setResultAndStopExecution({ errors: [refuse('unavailable', says)] })
      }
      held += size
      streams.set(document, before + 1)
      const letGo = () => {
        const left = (streams.get(document) ?? 1) - 1
        held -= own
        if (left > 0) return void streams.set(document, left)
        streams.delete(document)
        held -= shared
      }
      args.contextValue.gone.addEventListener('abort', letGo, { once: true })
    },
  }
}

function tokensIn({ loc }: DocumentNode): number {
  let count = 0
  for (let token = loc?.startToken ?? null; token !== null; token = token.next) count++
  return count
}
