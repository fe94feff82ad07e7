/** The gateway's door alone, on real Redis and Postgres, with a ballot that the test itself is. */
import type { ServerResponse } from 'node:http'
import type { AskedVote, CastVote, VoteAnswer, VoteStatus } from '../contracts/vote.ts'
import { connectPostgres } from '../runtime/connect.slonik.ts'
import { listen } from '../runtime/listen.ts'
import { makeOps } from '../runtime/ops.ts'
import { readVersion } from '../runtime/version.ts'
import { readCertificationFromPostgres } from '../gateway/api/graphql/read-certification.slonik.ts'
import { makeAskReadModel } from '../gateway/api/graphql/ask-read-model.ts'
import { readTimelineFromPostgres, type ReadTimeline } from '../gateway/api/graphql/read-timeline.slonik.ts'
import { makeReadReconciliation } from '../gateway/api/graphql/reconciliation.redis.ts'
import { makeStreamHomes } from '../gateway/api/graphql/stream-homes.redis.ts'
import { makeGraphql } from '../gateway/api/graphql/serve.ts'
import { makeDoor } from '../gateway/api/http/door.ts'
import { readFiles } from '../gateway/api/http/files.ts'
import { makeScreens } from '../gateway/api/http/screens.ts'
import { makeContextOf, makeTrpc } from '../gateway/api/http/trpc-area.ts'
import { makeReadTotals, type ReadTotals } from '../gateway/api/totals/read-totals.slonik.ts'
import { makeServeTotals } from '../gateway/api/totals/serve-totals.ts'
import { makeCastCall } from '../gateway/api/trpc/cast-call.ts'
import { Registry } from 'prom-client'
import { makeRouter } from '../gateway/api/trpc/router.ts'
import { makeAnnouncements } from '../gateway/broadcast/announcements.redis.ts'
import { makePipelineWatch } from '../gateway/broadcast/pipeline-watch.ts'
import { makePollListWatch, makePollWatch } from '../gateway/broadcast/poll-watches.ts'
import { makeReadPipeline } from '../gateway/broadcast/read-pipeline.redis.ts'
import { readTallyFromRedis } from '../gateway/broadcast/read-tally.redis.ts'
import { readTallyFromPostgres } from '../gateway/broadcast/read-tally.slonik.ts'
import { makeReadTally } from '../gateway/broadcast/read-tally.ts'
import { makeTallyWatch } from '../gateway/broadcast/tally-watch.ts'
import { makePollBook } from '../gateway/polls/poll-book.ts'
import { oneLane } from '../gateway/lanes.ts'
import { makeReadKeys } from '../gateway/receipts/read-keys.slonik.ts'
import { makeServeKeys } from '../gateway/receipts/serve-keys.ts'
import { makeHasVoted } from '../gateway/results/has-voted.redis.ts'
import { makeVotedIn } from '../gateway/results/voted-in.ts'
import { makeSessions } from '../gateway/sessions/session-tokens.ts'
import type { Voter } from '../gateway/sessions/voter.ts'
import { makeVoterKey } from '../gateway/sessions/voter-key.ts'
import { connectBoth, databaseUrl, log } from './live-redis.ts'

export const adminToken = 'an admin token that only the tests know'

export interface DoorHouseOptions {
  readonly corsOrigins?: readonly string[]
  readonly trustProxy?: boolean
  readonly graphiql?: boolean
  readonly databaseUrl?: string
  readonly redisUrls?: { readonly command?: string; readonly subscriber?: string }
  readonly voteUi?: string
  readonly adminUi?: string
  readonly shortWays?: boolean
  readonly sockets?: { readonly initWithinMs?: number; readonly mostSockets?: number }
  /** Read in place of Postgres. */
  readonly readTotals?: ReadTotals
  readonly readTimeline?: ReadTimeline
  readonly castVote?: (vote: CastVote) => Promise<VoteAnswer>
  readonly voteStatus?: (asked: AskedVote) => VoteStatus
}

export async function openDoorHouse(given: DoorHouseOptions = {}) {
  await using stack = new AsyncDisposableStack()
  const { redis, subscriber } = stack.use(await connectBoth(given.redisUrls))
  const pool = await connectPostgres(given.databaseUrl ?? databaseUrl, {
    most: 4,
    idleInTransactionMs: 5_000,
  })
  stack.defer(() => pool.end())
  const polls = makePollBook()
  const announcements = makeAnnouncements(subscriber, redis)
  const readTally = makeReadTally(readTallyFromRedis(redis), readTallyFromPostgres(pool))
  const tallies = stack.use(makeTallyWatch({ ...{ polls, readTally, announcements, log }, lingerMs: 0 }))
  const watches = {
    tallies,
    poll: stack.use(makePollWatch(polls)),
    pollLists: stack.use(makePollListWatch(polls)),
    pipeline: stack.use(makePipelineWatch({ read: makeReadPipeline(oneLane(redis)), now: Date.now, log })),
  }
  /** What reached the ballot and the commands: a call that was refused at the door is not here. */
  const reached: string[] = []
  const refuseCommand = async () => {
    reached.push('command')
    return { done: false, reason: 'poll-state' } as const
  }
  const sessions = makeSessions({
    ...{ secret: 'a session secret that only tests know', liveForMs: 3_600_000 },
    now: Date.now,
  })
  const voterKey = makeVoterKey('a voter secret that only the tests know')
  const castVote = (_voter: Voter, vote: CastVote): Promise<VoteAnswer> => {
    reached.push(`vote.cast ${vote.voteId}`)
    return (
      given.castVote?.(vote) ??
      Promise.resolve({ accepted: false, reason: 'poll-closed', message: 'Closed.' })
    )
  }
  const router = makeRouter({
    startSession(previous) {
      reached.push('session.start')
      return sessions.start(previous)
    },
    polls,
    castVote,
    voteStatus: async (_voter, asked) => given.voteStatus?.(asked) ?? { state: 'unknown' },
    allowance: async () => null,
    verifySession: () => null,
    commands: {
      ...{ create: refuseCommand, update: refuseCommand, open: refuseCommand },
      ...{ close: refuseCommand, remove: refuseCommand, reveal: refuseCommand },
      ...{ archive: refuseCommand, unarchive: refuseCommand, duplicate: refuseCommand },
      certify: refuseCommand,
    },
    log,
  })
  const readTimeline = given.readTimeline ?? readTimelineFromPostgres(pool)
  const trustProxy = given.trustProxy ?? false
  const graphiql = given.graphiql ?? false
  const registry = new Registry()
  const contextOf = makeContextOf(sessions.read, trustProxy)
  const { serveGraphql, sockets } = makeGraphql({
    ...{ polls, readTally, readTimeline, ...watches, graphiql, log, registry, ...given.sockets },
    ...{ streamSecret: 'a secret of streams', homes: makeStreamHomes(redis, announcements) },
    readCertification: readCertificationFromPostgres(pool),
    askReadModel: makeAskReadModel(null, ''),
    readReconciliation: makeReadReconciliation(redis),
  })
  const door = makeDoor({
    castCall: makeCastCall({ router, readSession: sessions.read, castVote, log }),
    readSession: sessions.read,
    serveTrpc: makeTrpc({ router, contextOf, log }),
    ...{ serveGraphql, sockets },
    serveTotals: makeServeTotals({
      ...{ polls, now: Date.now, log },
      read: given.readTotals ?? makeReadTotals(pool),
    }),
    serveKeys: makeServeKeys({
      own: { keyId: 'k'.repeat(16), publicKey: Buffer.alloc(32) },
      ...{ read: makeReadKeys(pool), now: Date.now, log },
    }),
    votedIn: makeVotedIn({
      ...{ polls, readSession: sessions.read, voterKey },
      hasVoted: makeHasVoted(() => oneLane(redis)[0]),
    }),
    serveScreens: makeScreens({
      vote: given.voteUi === undefined ? new Map() : await readFiles(given.voteUi),
      admin: given.adminUi === undefined ? new Map() : await readFiles(given.adminUi),
    }),
    ops: makeOps({ process: 'gateway', version: await readVersion(), checks: {}, log }),
    ...{ adminToken, corsOrigins: given.corsOrigins ?? [], trustProxy, graphiql, log },
    shortWays: given.shortWays ?? true,
  })
  const answers: ServerResponse[] = []
  door.server.on('request', (_req, res: ServerResponse) => answers.push(res))
  const port = await listen(door.server, '127.0.0.1', 0)
  stack.defer(() => door.close(1_000))
  const all = stack.move()
  return {
    ...{
      url: `http://127.0.0.1:${port}`,
      port,
      door,
      redis,
      pool,
      polls,
      watches,
      reached,
      sessions,
      voterKey,
      router,
      registry,
      answers,
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
export type DoorHouse = Awaited<ReturnType<typeof openDoorHouse>>

/** The events of a response as they come, pings left out. */
export async function* readEvents(response: Response): AsyncGenerator<{ event: string; data: string }> {
  if (response.body === null) return
  let rest = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + chunk).split('\n\n')
    rest = events.pop() ?? ''
    for (const text of events) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, 'm').exec(text)?.[1] ?? ''
      if (text !== ':') yield { event: field('event'), data: field('data') }
    }
  }
}
