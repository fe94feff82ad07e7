/** The stock way: graphql-yoga's subscriptions over graphql-redis-subscriptions. */
import { createServer } from 'node:http'
import { RedisPubSub } from 'graphql-redis-subscriptions'
import { createSchema, createYoga } from 'graphql-yoga'
import { redisChannels } from '../../contracts/redis-keys.ts'
import type { TallyFrame } from '../../contracts/tally.ts'

const optionIds = (process.env['OPTION_IDS'] ?? '').split(',')
const pubsub = new RedisPubSub({ connection: process.env['REDIS_URL'] ?? '' })

const typeDefs = `
  type Option { optionId: ID! votes: Float! }
  type Tally { pollId: ID! version: Float! asOf: String! total: Float! options: [Option!]! }
  type Query { none: Int }
  type Subscription { tally(pollId: ID!): Tally! }`

const tally = {
  subscribe: (_: unknown, { pollId }: { pollId: string }) =>
    pubsub.asyncIterableIterator(redisChannels.tally(pollId)) as AsyncIterable<TallyFrame>,
  resolve: ({ pollId, version, asOf, counts }: TallyFrame) => ({
    ...{ pollId, version, asOf: new Date(asOf).toISOString(), total: counts.reduce((a, b) => a + b, 0) },
    options: optionIds.map((optionId, i) => ({ optionId, votes: counts[i] })),
  }),
}

const yoga = createYoga({
  schema: createSchema({ typeDefs, resolvers: { Subscription: { tally } } }),
  logging: 'error',
})
createServer((req, res) => void yoga(req, res)).listen({
  port: Number(process.env['PORT']),
  host: '127.0.0.1',
  backlog: 4_096,
})
