/** The rule of shared subscriptions: every viewer gets what stock Yoga would have given to him alone. */
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { buildSchema } from 'graphql'
import { createSchema, createYoga } from 'graphql-yoga'
import { expect, test } from 'vitest'
import { listen } from '../../../runtime/listen.ts'
import { announce, newPoll, shard, writeTally } from '../../../tests/live-redis.ts'
import { makeChance, makeSubscription, type AskedSubscription } from '../../../tests/generate-subscription.ts'
import {
  answerIn,
  isModerator,
  openGraphqlHouse,
  openReader,
  rest,
  type GraphqlHouse,
  type Reader,
} from '../../../tests/graphql-house.ts'
import { limitPlugins } from './limits.ts'
import { makeResolvers } from './resolvers.ts'
import type { Viewer } from './viewer.ts'

const documents = 500
const seed = 20_260_105
const typeDefs = readFileSync(new URL('../../../contracts/schema.graphql', import.meta.url), 'utf8')

interface Asking {
  readonly req: IncomingMessage
}

/** Graphql-yoga as its manual has it, over the same resolvers: one execution and one stream for each viewer. */
async function openStock(stack: AsyncDisposableStack, house: GraphqlHouse): Promise<number> {
  const closing = new AbortController()
  const yoga = createYoga<Asking, Viewer>({
    schema: createSchema<Asking & Viewer>({ typeDefs, resolvers: makeResolvers(house.parts) }),
    context: ({ req }) => ({ isAdmin: isModerator(req), votedIn: new Set(), gone: closing.signal }),
    ...{ logging: false, landingPage: false, graphiql: false, plugins: limitPlugins },
    maskedErrors: { isDev: false, errorMessage: 'Something failed here; it was noted.' },
  })
  const server = createServer((req, res) => void yoga(req, res))
  const port = await listen(server, '127.0.0.1', 0)
  stack.defer(async () => {
    closing.abort()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return port
}

/** One question as it is asked of ours, twice, and of stock Yoga. */
interface Case extends AskedSubscription {
  readonly readers: { readonly ours: Reader; readonly same: Reader; readonly stock: Reader }
}

function requestOf(asked: AskedSubscription): string {
  const { query, variables, operationName, extensions, isAdmin, method } = asked
  const who = isAdmin ? 'x-admin: yes\r\n' : ''
  const head = `HTTP/1.1\r\nhost: urna\r\naccept: text/event-stream\r\n${who}`
  if (method === 'POST') {
    const body = JSON.stringify({ query, variables, operationName, extensions })
    return `POST /graphql ${head}content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
  }
  const search = new URLSearchParams({ query, variables: JSON.stringify(variables) })
  if (operationName !== undefined) search.set('operationName', operationName)
  if (extensions !== undefined) search.set('extensions', JSON.stringify(extensions))
  return `GET /graphql?${search.toString()} ${head}\r\n`
}

/** Waits until every stream has that many results, or is over. */
async function untilAllHave(readers: readonly Reader[], count: number): Promise<void> {
  await Promise.all(
    readers.map((reader) =>
      reader.until((heard) => {
        const answer = answerIn(heard)
        return answer !== null && (answer.isOver || answer.results.length >= count)
      }),
    ),
  )
}

/** What a viewer sees of it. */
function seen(reader: Reader, { root }: AskedSubscription) {
  const { results, isOver } = answerIn(reader.heard()) ?? { results: [], isOver: false }
  // The pipeline is told each second, however long the others took.
  const frames = root === 'pipeline' && !isRefusal(results[0]) ? results.slice(0, 1) : results
  return { frames: frames.map(withoutExtensions), isOver }
}
const isRefusal = (result: unknown) => (result as { data?: unknown }).data === undefined

/** Codes are our own manner: they are the rules of graphql.test.ts. */
function withoutExtensions(result: unknown): unknown {
  const { data, errors } = result as { data?: unknown; errors?: { extensions?: unknown }[] }
  return { data, errors: errors?.map(({ extensions: _, ...error }) => error) }
}

test(`L20 ${documents} generated subscriptions get what stock Yoga gives, the first viewer and the next`, async () => {
  await using house = await openGraphqlHouse()
  await using stack = new AsyncDisposableStack()
  const stockPort = await openStock(stack, house)
  const polls = [newPoll(), newPoll(), newPoll({ state: 'draft' }), newPoll()]
  const broken = polls[3]?.pollId
  // A count below zero is no count: fields that ask for it fail.
  const countsOf = (pollId: string, version: number) => shard(version, [pollId === broken ? -9 : version, 4])
  for (const poll of polls) {
    house.polls.put(poll)
    await writeTally(house.redis, poll.pollId, countsOf(poll.pollId, 1))
  }
  const ids = [...polls, ...polls, ...polls].map(({ pollId }) => pollId)
  const schema = buildSchema(typeDefs)
  const chance = makeChance(seed)
  const open = async (asked: AskedSubscription): Promise<Case> => {
    const view = async (port: number) => {
      const reader = openReader(port, requestOf(asked))
      await untilAllHave([reader], 1)
      return reader
    }
    // The second viewer joins where the first one's question stands.
    const ours = await view(house.port)
    const [same, stock] = await Promise.all([view(house.port), view(stockPort)])
    return { ...asked, readers: { ours, same, stock } }
  }
  const cases: Case[] = []
  while (cases.length < documents) {
    const some = Array.from({ length: 20 }, () =>
      makeSubscription(schema, chance, [...ids, newPoll().pollId, 'no-uuid']),
    )
    cases.push(...(await Promise.all(some.map(open))))
  }
  const live = cases.filter(({ readers }) => answerIn(readers.stock.heard())?.isOver === false)
  const readersOf = (list: readonly Case[]) => list.flatMap(({ readers }) => Object.values(readers))
  const told = live.filter(({ root }) => root !== 'pipeline')
  const ofTallies = told.filter(({ root }) => root === 'tally')
  const ofPolls = told.filter(({ root }) => root !== 'tally')

  for (const { pollId } of polls) {
    await writeTally(house.redis, pollId, countsOf(pollId, 2))
    await announce(house.redis, pollId, countsOf(pollId, 2))
  }
  await untilAllHave(readersOf(ofTallies), 2)
  for (const poll of polls) house.polls.put({ ...poll, version: 2, question: 'Which now?' })
  await untilAllHave(readersOf(ofPolls), 2)
  for (const { pollId } of polls) house.polls.remove(pollId)
  await untilAllHave(readersOf(told), 3)

  for (const { readers, ...asked } of cases) {
    const expected = seen(readers.stock, asked)
    for (const name of ['ours', 'same'] as const) {
      expect(seen(readers[name], asked), `${name}: ${JSON.stringify(asked)}`).toEqual(expected)
    }
  }
  // The generator is worth something only while it makes all kinds.
  const kinds = cases.map(({ readers, ...asked }) => {
    const { frames } = seen(readers.stock, asked)
    if (isRefusal(frames[0])) return 'refused'
    return JSON.stringify(frames).includes('"errors"') ? 'failing' : 'good'
  })
  const count = (kind: string) => kinds.filter((one) => one === kind).length
  expect(Math.min(count('refused') / 100, count('failing') / 20, count('good') / 250)).toBeGreaterThan(1)
  for (const { socket } of readersOf(cases)) socket.destroy()
  while (house.watchers() > 0) await rest(10)
})
