/** Finds every way in which the house can be asked, in what the house itself is made of, and asks. */
import { readFileSync } from 'node:fs'
import {
  buildSchema,
  getNamedType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLObjectType,
} from 'graphql'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { routes } from '../gateway/api/http/routes.ts'
import { readEvents } from './door-house.ts'

/** The poll that is asked about; `voteId` is the vote of the voter in it. */
export interface AskedPoll {
  readonly pollId: string
  readonly slug: string
  readonly voteId: string
}

/** What came: `refused` where this reader may not ask. */
export interface Answer {
  readonly refused: boolean
  readonly body: unknown
}

/** Asks as a reader with this token, about this poll. */
export type Ask = (url: string, token: string | null, poll: AskedPoll) => Promise<Answer>

const schema = buildSchema(readFileSync(new URL('../contracts/schema.graphql', import.meta.url), 'utf8'))

/** Each root field, asked for everything that can be selected below it. */
export function graphqlWays(): Map<string, Ask> {
  const ways = new Map<string, Ask>()
  for (const root of [schema.getQueryType(), schema.getSubscriptionType(), schema.getMutationType()]) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      const isStream = root === schema.getSubscriptionType()
      ways.set(`${root?.name}.${field.name}`, async (url, token, poll) => {
        const query = `${isStream ? 'subscription' : 'query'} { ${wholeField(field, poll)} }`
        const response = await fetch(`${url}/graphql`, {
          method: 'POST',
          // A refused stream is told by its status then, a stream that opens as events.
          headers: { ...headersOf(token), accept: 'application/graphql-response+json, text/event-stream' },
          body: JSON.stringify({ query }),
        })
        if (!isStream || response.status !== 200) return answerOf(response, await response.json())
        const events = readEvents(response)
        const { value } = await events.next()
        await events.return(undefined)
        return answerOf(response, JSON.parse(value?.data ?? 'null'))
      })
    }
  }
  return ways
}

function wholeField(field: GraphQLField<unknown, unknown>, poll: AskedPoll): string {
  const given = field.args.flatMap(({ name, type, defaultValue }) => {
    if (name === 'pollId' || name === 'id') return `${name}: "${poll.pollId}"`
    if (name === 'filter') return `filter: { search: "${poll.slug}" }`
    if (name === 'bucket') return 'bucket: HOUR'
    if (isNonNullType(type) && defaultValue === undefined)
      throw new Error(`how is ${field.name}.${name} asked?`)
    return []
  })
  const args = given.length === 0 ? '' : `(${given.join(', ')})`
  const type = getNamedType(field.type)
  return `${field.name}${args}${isObjectType(type) ? ` { ${wholeType(type)} }` : ''}`
}

function wholeType(type: GraphQLObjectType): string {
  const none = { pollId: '', slug: '', voteId: '' }
  return Object.values(type.getFields())
    .map((field) => wholeField(field, none))
    .join(' ')
}

/** What a procedure is given; those that change something stand behind those that only tell, gentle ones first. */
const inputs: Readonly<Record<string, (poll: AskedPoll, identityToken: string) => object | undefined>> = {
  'session.start': () => undefined,
  'session.verify': (_, identityToken) => ({ identityToken }),
  'poll.list': () => undefined,
  'poll.byId': ({ pollId }) => ({ pollId }),
  'poll.bySlug': ({ slug }) => ({ slug }),
  'vote.allowance': ({ pollId }) => ({ pollId }),
  'vote.status': ({ pollId, voteId }) => ({ pollId, voteId }),
  'vote.cast': ({ pollId }) => ({ pollId, optionId: 'a', voteId: uuidv7() }),
  'admin.updatePoll': ({ pollId }) => ({ pollId, description: 'seen' }),
  'admin.createPoll': () => ({ question: 'Which?', options: ['a', 'b'], slug: `twin-${uuidv7()}` }),
  'admin.duplicatePoll': ({ pollId }) => ({ pollId, slug: `twin-${uuidv7()}` }),
  'admin.deletePoll': ({ pollId }) => ({ pollId }),
  'admin.revealPoll': ({ pollId }) => ({ pollId }),
  'admin.archivePoll': ({ pollId }) => ({ pollId }),
  'admin.unarchivePoll': ({ pollId }) => ({ pollId }),
  'admin.closePoll': ({ pollId }) => ({ pollId }),
  'admin.openPoll': ({ pollId }) => ({ pollId }),
  'admin.certifyPoll': ({ pollId }) => ({ pollId }),
}

/** How a procedure of tRPC says what it is. */
const procedureShape = z.custom<{ _def: { type: string } }>(
  (its) => typeof its === 'function' && '_def' in its,
)

const changes = (way: string) => way === 'vote.cast' || way.startsWith('admin.')

/** Each procedure, in the order in which they are to be asked: `telling` change nothing of a poll. */
export function trpcWays(
  procedures: object,
  identityToken: string,
): { readonly telling: Map<string, Ask>; readonly changing: Map<string, Ask> } {
  const order = Object.keys(inputs)
  const all = Object.entries<unknown>({ ...procedures })
  all.sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
  const ways = all.map(([name, procedure]): [string, Ask] => [
    name,
    async (url, token, poll) => {
      const input = JSON.stringify(inputs[name]?.(poll, identityToken))
      const isQuery = procedureShape.parse(procedure)._def.type === 'query'
      const search = isQuery && input !== undefined ? `?input=${encodeURIComponent(input)}` : ''
      const response = await fetch(`${url}/trpc/${name}${search}`, {
        ...{ method: isQuery ? 'GET' : 'POST', headers: headersOf(token) },
        ...(!isQuery && input !== undefined && { body: input }),
      })
      return answerOf(response, await response.json())
    },
  ])
  return {
    telling: new Map(ways.filter(([name]) => !changes(name))),
    changing: new Map(ways.filter(([name]) => changes(name))),
  }
}

/** Each address of the door. tRPC and GraphQL are walked by themselves. */
export function httpWays(): Map<string, Ask> {
  const own = routes.filter(({ area }) => area !== 'trpc' && area !== 'graphql')
  return new Map(
    own.map(({ path, area }) => [
      `GET ${path}`,
      async (url, token, { pollId, slug }) => {
        const address = path.replace('*', area === 'screens' ? `p/${slug}` : pollId)
        const response = await fetch(`${url}${address}`, { headers: headersOf(token) })
        const text = await response.text()
        const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
        const told = { etag: response.headers.get('etag'), text: isJson ? JSON.parse(text) : text }
        return answerOf(response, told)
      },
    ]),
  )
}

const headersOf = (token: string | null) => ({
  'content-type': 'application/json',
  ...(token !== null && { authorization: `Bearer ${token}` }),
})

function answerOf({ status }: Response, body: unknown): Answer {
  return { refused: status === 401 || status === 403 || isRefusedField(body), body: { status, body } }
}

const refusedShape = z.object({
  data: z.record(z.string(), z.null()).nullable(),
  errors: z.tuple([
    z.object({ extensions: z.object({ reason: z.enum(['admin-token-needed', 'counts-hidden']) }) }),
  ]),
})

/** A query that may not be asked is 200 all the same, and has nothing but its error. */
const isRefusedField = (body: unknown) => refusedShape.safeParse(body).success

/**
 * What an answer tells of one poll, in a form in which two polls can be compared: entries of other polls left out,
 * identifiers and instants made equal, and what is told by the hour added up, as an hour may have ended in between.
 */
export function essence(body: unknown, pollId: string): string {
  const text = JSON.stringify(addUp(onlyOf(body, pollId)))
  return text
    .replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<instant>')
    .replace(/"token":"[^"]+"/g, '"token":"<token>"')
    .replace(/"signature":"[^"]+"/g, '"signature":"<signature>"')
}

type Entry = Readonly<Record<string, unknown>>
const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function onlyOf(value: unknown, pollId: string): unknown {
  if (Array.isArray(value)) {
    const others = (one: unknown) => isEntry(one) && 'pollId' in one && one['pollId'] !== pollId
    return value.filter((one) => !others(one)).map((one) => onlyOf(one, pollId))
  }
  if (!isEntry(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, its]) => [key, onlyOf(its, pollId)]))
}

function addUp(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [first] = value as unknown[]
    if (!isEntry(first) || !('at' in first)) return value.map(addUp)
    const sums: Record<string, number> = {}
    for (const entry of value) {
      for (const [, name, count] of JSON.stringify(entry).matchAll(/"optionId":"(\w+)","votes":(\d+)/g))
        sums[name ?? ''] = (sums[name ?? ''] ?? 0) + Number(count)
      if (isEntry(entry)) sums['total'] = (sums['total'] ?? 0) + Number(entry['total'])
    }
    return sums
  }
  if (!isEntry(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, its]) => [key, addUp(its)]))
}
