/** Opens the gateway's doors: tRPC, GraphQL, the screens and the ops pages on one port. */
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import type { Registry } from 'prom-client'
import type { DatabasePool } from 'slonik'
import { reportHoldsMs, type PublishReport } from '../contracts/pipeline.ts'
import type { Allowance, CastVote, Session, VoteAnswer } from '../contracts/vote.ts'
import type { Check } from '../runtime/checks.ts'
import { listen } from '../runtime/listen.ts'
import type { Log } from '../runtime/log.ts'
import { makeOps } from '../runtime/ops.ts'
import { readVersion } from '../runtime/version.ts'
import { readCertificationFromPostgres } from './api/graphql/read-certification.slonik.ts'
import { readTimelineFromPostgres } from './api/graphql/read-timeline.slonik.ts'
import { makeAskReadModel } from './api/graphql/ask-read-model.ts'
import { makeReadReconciliation } from './api/graphql/reconciliation.redis.ts'
import { makeGraphql } from './api/graphql/serve.ts'
import { makeStreamHomes } from './api/graphql/stream-homes.redis.ts'
import { makeDoor } from './api/http/door.ts'
import { makeReadTotals } from './api/totals/read-totals.slonik.ts'
import { makeServeTotals } from './api/totals/serve-totals.ts'
import { readFiles, type Files } from './api/http/files.ts'
import { makeScreens } from './api/http/screens.ts'
import { makeContextOf, makeTrpc } from './api/http/trpc-area.ts'
import { makeCastCall } from './api/trpc/cast-call.ts'
import { makeRouter } from './api/trpc/router.ts'
import type { AskVoteStatus } from './ballot/vote-status.ts'
import { makeAnnouncements } from './broadcast/announcements.redis.ts'
import { makePipelineWatch } from './broadcast/pipeline-watch.ts'
import { makePollListWatch, makePollWatch } from './broadcast/poll-watches.ts'
import { makeReadPipeline } from './broadcast/read-pipeline.redis.ts'
import { makeReadTally } from './broadcast/read-tally.ts'
import { readTallyFromRedis } from './broadcast/read-tally.redis.ts'
import { readTallyFromPostgres } from './broadcast/read-tally.slonik.ts'
import { makeTallyWatch } from './broadcast/tally-watch.ts'
import type { Config } from './config.ts'
import type { LaneOf, Lanes } from './lanes.ts'
import type { PollBook } from './polls/poll-book.ts'
import type { PollCommands } from './polls/poll-commands.ts'
import { makeHasVoted } from './results/has-voted.redis.ts'
import { makeVotedIn } from './results/voted-in.ts'
import type { ServeKeys } from './receipts/serve-keys.ts'
import type { Sessions } from './sessions/session-tokens.ts'
import type { Voter } from './sessions/voter.ts'

// What is under way at the end may take this long: an answer is given within 10 s.
const openRequestsWithinMs = 12_000

export interface ApiParts {
  readonly config: Config
  readonly lanes: Lanes
  readonly laneOf: LaneOf
  readonly subscriber: Redis
  readonly pool: DatabasePool
  readonly book: PollBook
  readonly sessions: Sessions
  readonly voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string
  readonly castVote: (voter: Voter, vote: CastVote) => Promise<VoteAnswer>
  readonly voteStatus: AskVoteStatus
  readonly allowance: (voter: Voter, pollId: string) => Promise<Allowance | null>
  readonly verifySession: (previous: string | null, identityToken: string) => Session | null
  readonly commands: PollCommands
  readonly serveKeys: ServeKeys
  readonly checks: Readonly<Record<string, Check>>
  readonly registry: Registry
  readonly log: Log
}

/** Answers the port. Closing lets open requests finish, before what they need is closed. */
export async function openApi(
  stack: AsyncDisposableStack,
  parts: ApiParts,
): Promise<{ readonly port: number }> {
  const { config, lanes, pool, book, sessions, log } = parts
  const [{ redis }] = lanes
  const announcements = makeAnnouncements(parts.subscriber, redis)
  const readTally = makeReadTally(readTallyFromRedis(redis), readTallyFromPostgres(pool))
  const tallies = stack.use(makeTallyWatch({ polls: book, readTally, announcements, log }))
  const poll = stack.use(makePollWatch(book))
  const pollLists = stack.use(makePollListWatch(book))
  const readPipeline = makeReadPipeline(lanes)
  const pipeline = stack.use(makePipelineWatch({ read: readPipeline, now: Date.now, log }))
  const checks: Readonly<Record<string, Check>> = {
    ...parts.checks,
    kafka: { required: false, check: async () => whetherKafkaAnswers((await readPipeline()).reports) },
  }

  const graphiql = !config.isProduction
  const readTimeline = readTimelineFromPostgres(pool)
  const readCertification = readCertificationFromPostgres(pool)
  const router = makeRouter({
    startSession: sessions.start,
    polls: book,
    castVote: parts.castVote,
    voteStatus: parts.voteStatus,
    allowance: parts.allowance,
    verifySession: parts.verifySession,
    commands: parts.commands,
    log,
  })
  const contextOf = makeContextOf(sessions.read, config.trustProxy)
  const { serveGraphql, sockets } = makeGraphql({
    ...{ polls: book, readTally, readTimeline, tallies, poll, pollLists, pipeline, graphiql, log },
    ...{ readCertification, registry: parts.registry, streamSecret: config.sessionSecret },
    homes: makeStreamHomes(redis, announcements),
    askReadModel: makeAskReadModel(config.readModelUrl, config.adminToken),
    readReconciliation: makeReadReconciliation(redis),
  })
  const door = makeDoor({
    castCall: makeCastCall({ router, readSession: sessions.read, castVote: parts.castVote, log }),
    readSession: sessions.read,
    serveTrpc: makeTrpc({ router, contextOf, log }),
    ...{ serveGraphql, sockets },
    serveTotals: makeServeTotals({ polls: book, read: makeReadTotals(pool), now: Date.now, log }),
    serveKeys: parts.serveKeys,
    votedIn: makeVotedIn({
      ...{ polls: book, readSession: sessions.read, voterKey: parts.voterKey },
      hasVoted: makeHasVoted(parts.laneOf),
    }),
    serveScreens: makeScreens({
      vote: await readScreen(config.uiDir, 'vote-ui'),
      admin: await readScreen(config.uiDir, 'admin-ui'),
    }),
    ops: makeOps({ process: 'gateway', version: await readVersion(), checks, log, registry: parts.registry }),
    ...{ adminToken: config.adminToken, corsOrigins: config.corsOrigins, trustProxy: config.trustProxy },
    ...{ graphiql, shortWays: config.shortWays, log },
  })
  const port = await listen(door.server, config.host, config.port)
  stack.defer(() => door.close(openRequestsWithinMs))
  return { port }
}

async function readScreen(uiDir: string | null, name: string): Promise<Files> {
  return uiDir === null ? new Map() : readFiles(join(uiDir, name))
}

/** Throws while no publisher reaches Kafka. */
function whetherKafkaAnswers(reports: readonly PublishReport[]): { waiting: number } {
  const heard = reports.filter(({ at }) => Date.now() - at <= reportHoldsMs)
  if (heard.length === 0) throw new Error('no publisher was heard of; events wait in Postgres')
  if (!heard.some(({ kafka }) => kafka)) throw new Error('Kafka does not answer; events wait in Postgres')
  return { waiting: Math.max(...heard.map(({ hop }) => hop.waiting)) }
}
