/** Rules of the memory that documents may take. */
import { createSchema, createYoga } from 'graphql-yoga'
import { expect, test } from 'vitest'
import { makeHeldDocuments, makeParsed } from './document-memory.ts'
import type { Viewer } from './viewer.ts'

/** Streams that never tell anything: what they hold is all there is. */
function openYoga(most: number) {
  const live = {
    subscribe: (_: unknown, __: unknown, { gone }: Viewer) => ({
      [Symbol.asyncIterator]() {
        return this
      },
      next: () =>
        new Promise((resolve) =>
          gone.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true }),
        ),
      return: async () => ({ done: true, value: undefined }),
    }),
  }
  const yoga = createYoga<{ viewer: Viewer }, Viewer>({
    schema: createSchema<{ viewer: Viewer } & Viewer>({
      typeDefs: 'type Query { none: Int } type Subscription { live(of: ID): ID }',
      resolvers: { Subscription: { live } },
    }),
    context: ({ viewer }) => viewer,
    plugins: [makeHeldDocuments(most)],
    logging: false,
  })
  return async (query: string, variables: Record<string, string> = {}) => {
    const over = new AbortController()
    const response = await yoga.fetch(
      'http://urna/graphql',
      {
        ...{ method: 'POST', headers: { 'content-type': 'application/json', accept: 'text/event-stream' } },
        body: JSON.stringify({ query, variables }),
      },
      { viewer: { isAdmin: false, votedIn: new Set<string>(), gone: over.signal } },
    )
    return { status: response.status, end: () => over.abort() }
  }
}

test('L30 a stream for whose document there is no room is refused, until another one ends', async () => {
  // About 15 tokens each: one fits, two do not.
  const ask = openYoga(12_000)
  const of = (name: string) => `subscription ${name}($id: ID) { live(of: $id) }`
  const first = await ask(of('A'))
  expect(first.status).toBe(200)
  expect((await ask(of('B'))).status).toBe(503)
  // The same document with other variables is held already.
  const same = await ask(of('A'), { id: '7' })
  expect(same.status).toBe(200)
  first.end()
  expect((await ask(of('B'))).status).toBe(503)
  same.end()
  expect((await ask(of('B'))).status).toBe(200)
})

test('L31 a document of any size in blanks and commas counts with its text', async () => {
  const ask = openYoga(100_000)
  expect((await ask(`subscription { live }${','.repeat(20_000)}`)).status).toBe(503)
  expect((await ask('subscription { live }')).status).toBe(200)
})

test('L32 of parsed documents those are forgotten that were asked for least recently', () => {
  const parsed = makeParsed<number>(2)
  parsed.set('a', 1)
  parsed.set('b', 2)
  expect(parsed.get('a')).toBe(1)
  parsed.set('c', 3)
  expect([parsed.get('a'), parsed.get('b'), parsed.get('c')]).toEqual([1, undefined, 3])
})
