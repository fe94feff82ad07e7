/** The rule of GraphQL over HTTP: what the audit of the specification's reference implementation finds at a real gateway. */
import { auditServer } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type Door, type House } from './house.ts'

/**
 * The audit is older than the specification's watershed of 2025-01-01. Since then a request without "accept" SHOULD be
 * treated as one for application/graphql-response+json, and of what is taken alike we choose the same.
 */
const exceptions = [
  'SHOULD accept */* and use application/json for the content-type',
  'SHOULD assume application/json content-type when accept is missing',
]

let house: House
let door: Door
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
})
afterAll(() => house[Symbol.asyncDispose]())

describe('GraphQL over HTTP', () => {
  it('GA1 passes every audit but two, which ask for what the specification has since turned round', async () => {
    const audits = await auditServer({ url: `${door.url}/graphql` })
    expect(audits.length).toBeGreaterThan(55)
    const failed = audits.filter(({ status }) => status !== 'ok').map(({ name }) => name)
    expect(failed).toEqual(exceptions)
  })

  const ask = async (its: { accept?: string; type?: string; body?: unknown; search?: string }) => {
    const { accept = '*/*', type = 'application/json', body, search = '' } = its
    const response = await fetch(`${door.url}/graphql${search}`, {
      headers: { accept, ...(body !== undefined && { 'content-type': type }) },
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    })
    const text = await response.text()
    const { headers, status } = response
    const [answerType = '', coding] = headers.get('content-type')?.split('; ') ?? []
    const said = answerType === 'text/event-stream' ? null : JSON.parse(text)
    return { status, type: answerType, coding, allow: headers.get('allow'), said, text }
  }
  const graphqlJson = 'application/graphql-response+json'
  const unknown = '018f0000-0000-7000-8000-000000000000'

  it.each([
    ['what GraphQL cannot parse', '{'],
    ['what it cannot validate', '{ secret }'],
    ['what is too deep', '{ polls ' + '{ __typename '.repeat(9) + '}'.repeat(10)],
    [
      'what has too many aliases',
      `{ ${Array.from({ length: 11 }, (_, i) => `a${i}: polls { total }`).join(' ')} }`,
    ],
    ['an operation that is not there', { query: 'query A { __typename }', operationName: 'B' }],
    [
      'a variable of a wrong type',
      { query: 'query ($n: Int!) { polls(first: $n) { total } }', variables: { n: 'x' } },
    ],
  ])('GA2 %s is 400 in its own media type, and 200 in plain JSON', async (_, asked) => {
    const body = typeof asked === 'string' ? { query: asked } : asked
    for (const [accept, status] of [
      [graphqlJson, 400],
      ['application/json', 200],
    ] as const) {
      const heard = await ask({ accept, body })
      expect(heard).toMatchObject({ status, type: accept, coding: 'charset=utf-8' })
      expect(heard.said.data).toBeUndefined()
      expect(heard.said.errors[0].extensions.reason).toEqual(expect.any(String))
    }
  })

  it('GA3 what is no GraphQL request at all is 400 in both', async () => {
    const search = '?query={__typename}&variables='
    for (const accept of [graphqlJson, 'application/json']) {
      for (const its of [
        { search: '' },
        { search: `${search}[1]` },
        { search: `${search}{` },
        { body: { query: 1 } },
      ]) {
        expect(await ask({ accept, ...its })).toMatchObject({ status: 400, type: accept })
      }
      const more = { body: { query: '{ __typename }', id: 1 } }
      expect(await ask({ accept, ...more })).toMatchObject({ status: 400, type: accept })
    }
  })

  it('GA4 whatever has data is 200, beside its errors', async () => {
    const body = { query: `{ polls { total } tally(pollId: "${unknown}") { total } }` }
    for (const accept of [graphqlJson, 'application/json']) {
      const { status, said } = await ask({ accept, body })
      expect([status, said.data, said.errors[0].extensions.reason]).toEqual([
        ...[200, { polls: { total: 0 }, tally: null }, 'unknown-poll'],
      ])
    }
  })

  it('GA5 a mutation by GET is 405 in any form, and told where it goes', async () => {
    const search = `?${new URLSearchParams({ query: 'mutation { __typename }' }).toString()}`
    for (const accept of [graphqlJson, 'application/json', 'text/event-stream', '*/*']) {
      expect(await ask({ accept, search })).toMatchObject({ status: 405, allow: 'POST' })
    }
  })

  it('GA6 who takes none of our forms hears 406, and nothing is executed', async () => {
    for (const accept of ['text/html', 'application/json; charset=latin1', 'application/json;q=0']) {
      expect(await ask({ accept, body: { query: '{ __typename }' } })).toMatchObject({ status: 406 })
    }
    const stream = { query: 'subscription { publicPolls { slug } }' }
    expect(await ask({ accept: 'application/json', body: stream })).toMatchObject({ status: 406 })
  })

  it('GA7 the best of what is taken is answered, whatever its place', async () => {
    const body = { query: '{ __typename }' }
    const type = async (accept: string) => (await ask({ accept, body })).type
    expect(await type(`application/json;q=0.9, ${graphqlJson}`)).toBe(graphqlJson)
    expect(await type(`${graphqlJson};q=0.9, application/json`)).toBe('application/json')
    expect(await type('text/html, */*;q=0.1')).toBe(graphqlJson)
  })

  it('GA8 a body that is not UTF-8, or no JSON by its type, is 415', async () => {
    const body = { query: '{ __typename }' }
    for (const type of ['application/json; charset=latin1', 'application/graphql', 'text/plain']) {
      expect(await ask({ type, body })).toMatchObject({ status: 415, type: graphqlJson })
    }
    expect(await ask({ type: 'application/json;charset="UTF-8"', body })).toMatchObject({ status: 200 })
  })

  it('GA9 who takes events alone is told everything as events: an answer, a fault, a refusal', async () => {
    const events = async (query: string): Promise<unknown> => {
      const { status, text } = await ask({ accept: 'text/event-stream', body: { query } })
      expect([status, text.endsWith('\n\nevent: complete\ndata:\n\n')]).toEqual([200, true])
      return JSON.parse(/^event: next\ndata: (.*)$/m.exec(text)?.[1] ?? 'null')
    }
    expect(await events('{ __typename }')).toEqual({ data: { __typename: 'Query' } })
    for (const [query, reason] of [
      ['subscription { secret }', 'bad-input'],
      ['subscription { pipeline { accepted } }', 'admin-token-needed'],
      [`subscription { tally(pollId: "${unknown}") { total } }`, 'unknown-poll'],
    ] as const) {
      expect(await events(query)).toMatchObject({ errors: [{ extensions: { code: reason, reason } }] })
    }
  })
})
