/** Assembles the gateway: what it knows, what it can do, and its doors. */
import { Counter, Histogram } from 'prom-client'
import { laneKeys } from '../contracts/redis-keys.ts'
import { connectRedis, redisAnswers } from '../runtime/connect.redis.ts'
import { connectPostgres, postgresAnswers } from '../runtime/connect.slonik.ts'
import type { Log } from '../runtime/log.ts'
import { makeRegistry } from '../runtime/ops.ts'
import { redisNow } from '../runtime/redis-clock.redis.ts'
import { openBallot } from './ballot/open-ballot.ts'
import { showBounds } from './ballot/show-bounds.ts'
import { watchRoom } from './ballot/watch-room.redis.ts'
import { makeAllowance } from './ballot/allowance.ts'
import { makeRememberedOf, makeRememberedVote } from './ballot/remembered-vote.redis.ts'
import { makeVoteStatus } from './ballot/vote-status.ts'
import type { Config } from './config.ts'
import { makeLaneOf, makeLanes, type Lanes } from './lanes.ts'
import { mirrorRuns } from './memory/mirror-runs.slonik.ts'
import { mirrorSilentRuns } from './memory/mirror-silent-runs.ts'
import { settleHashTags } from './memory/house-lanes.slonik.ts'
import { queuedBatches } from './memory/queued-batches.bullmq.ts'
import { makeReopenPoll } from './memory/reopen-poll.redis.ts'
import { votesToRestore } from './memory/votes-to-restore.slonik.ts'
import { openMemory } from './memory/open-memory.ts'
import { openApi } from './open-api.ts'
import { makePollCommands } from './polls/command-polls.slonik.ts'
import { followPolls } from './polls/follow-polls.redis.ts'
import { followRows } from './polls/follow-rows.redis.ts'
import { keepSchedule } from './polls/keep-schedule.slonik.ts'
import { makePollBook } from './polls/poll-book.ts'
import { readPoll, recordOf, type StoredPoll } from './polls/poll-rows.slonik.ts'
import { makeProjectPoll, resumeVoting, stopVoting, unprojectPoll } from './polls/project-poll.redis.ts'
import { readRulesVersions } from './polls/projected-polls.redis.ts'
import { openReceipts } from './receipts/open-receipts.ts'
import { makeHasVoted } from './results/has-voted.redis.ts'
import { makeSessions } from './sessions/session-tokens.ts'
import { makeVerifySession } from './sessions/verify-session.ts'
import { makeVerifiedId, makeVoterKey } from './sessions/voter-key.ts'

const redisWithinMs = 10_000

export async function openGateway(
  stack: AsyncDisposableStack,
  config: Config,
  log: Log,
): Promise<{ readonly port: number }> {
  const registry = makeRegistry('gateway')
  const connect = (use: 'command' | 'subscriber', key: string) => {
    const redis = connectRedis(config.redisUrl, use, log, key)
    stack.defer(() => redis.disconnect())
    return redis
  }
  const connectLane = (key: string) => connect('command', key)
  const [lanes, ballotLanes] = [
    makeLanes(config.hashTags, connectLane),
    makeLanes(config.hashTags, connectLane),
  ]
  const [{ redis, keys }] = lanes
  const subscriber = connect('subscriber', keys.epoch)
  const pool = await connectPostgres(config.databaseUrl, { most: 5, idleInTransactionMs: 5_000 })
  stack.defer(() => pool.end())
  // The polls are in the first lane; another one that is away is taken up when it is back.
  await Promise.all([lanes[0], ballotLanes[0]].map((lane) => redisAnswers(lane.redis, redisWithinMs)))
  await settleHashTags(pool, config.hashTags, async (no) => {
    const lane = { no, redis: connectRedis(config.redisUrl, 'command', log, laneKeys(no).epoch) }
    try {
      await redisAnswers(lane.redis, redisWithinMs)
      return (await queuedBatches(lane)).length === 0
    } finally {
      lane.redis.disconnect()
    }
  })

  const book = makePollBook()
  const projectToRedis = makeProjectPoll(lanes)
  /** A poll that changed is known here at once, elsewhere by its announcement. */
  const project = async ({ everOpened, ...poll }: StoredPoll) => {
    await projectToRedis(poll, !everOpened)
    book.put(poll)
  }
  const memories = await openMemory(stack, {
    ...{ lanes, pool, databaseUrl: config.databaseUrl, log: log.child({ part: 'memory' }) },
    onRestored: (poll) => book.put(recordOf(poll)),
  })
  const following = stack.use(await followPolls(redis, subscriber, book, log))
  stack.use(
    keepSchedule({
      ...{ pool, book, project, log },
      rulesOnRedis: (polls) => readRulesVersions(lanes, polls),
    }),
  )
  await followRows(subscriber, { read: (pollId) => readPoll(pool, pollId), project, log })

  const { note: noteRun } = stack.use(mirrorRuns(pool, log))
  stack.use(mirrorSilentRuns(lanes, pool, log.child({ part: 'memory' })))
  const voterKey = makeVoterKey(config.voterSecret)
  const receipts = openReceipts(stack, {
    ...config,
    ...{ pool, lanes, log: log.child({ part: 'receipts' }) },
  })
  const room = stack.use(watchRoom(lanes, log.child({ part: 'ballot' })))
  const { castVote, held, answers } = openBallot(stack, {
    isRedisFull: room.isNearlyFull,
    ...{ book, voterKey, noteRun, refreshRules: following.refresh },
    complete: receipts.complete,
    lanes: ballotLanes.flatMap((lane, no) => {
      const memory = memories[no]
      return memory === undefined ? [] : { ...lane, memory }
    }),
    ...{ mostWaiting: config.mostWaiting, mostHeld: config.mostHeld, log: log.child({ part: 'ballot' }) },
    groups: new Histogram({
      name: 'urna_group_votes',
      help: 'How many votes were put into one job.',
      buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
      registers: [registry],
    }),
  })
  // Read when they are asked for: a vote has no time for labels.
  new Counter({
    name: 'urna_vote_answers_total',
    help: 'What votes were told, by answer.',
    labelNames: ['answer'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [answer, votes] of answers) this.inc({ answer }, votes)
    },
  })
  showBounds(registry, { held, seen: room.seen, mostHeld: config.mostHeld, mostWaiting: config.mostWaiting })
  const laneOf = makeLaneOf(lanes, (pollId) => book.byId(pollId)?.hashTags ?? 1)
  const voteStatus = makeVoteStatus({
    ...{ book, voterKey },
    remembered: makeRememberedVote(laneOf),
    ...receipts.lookUp,
    hasVoted: makeHasVoted(laneOf),
  })
  const allowance = makeAllowance({
    ...{ book, voterKey, rememberedOf: makeRememberedOf(laneOf) },
    now: () => redisNow(redis),
  })
  const commands = makePollCommands({
    ...{ pool, project },
    stopVoting: (pollId) => stopVoting(lanes, pollId),
    resumeVoting: (pollId) => resumeVoting(lanes, pollId),
    reopen: makeReopenPoll({ lanes, databaseUrl: config.databaseUrl, source: votesToRestore(pool) }),
    unproject: async (pollId) => {
      await unprojectPoll(lanes, pollId)
      book.remove(pollId)
    },
  })
  const sessions = makeSessions({
    secret: config.sessionSecret,
    liveForMs: config.sessionsLiveForMs,
    now: Date.now,
  })
  if (config.testIdentitySecret !== null)
    log.warn('test identities are taken: whoever knows TEST_IDENTITY_SECRET can vote as anyone')
  const verifySession = makeVerifySession({
    ...{ sessions, verifiedId: makeVerifiedId(config.voterSecret) },
    testIdentitySecret: config.testIdentitySecret,
  })
  return openApi(stack, {
    ...{ config, lanes, laneOf, subscriber, pool, book, sessions, voterKey, castVote, voteStatus, allowance },
    ...{ verifySession, commands, registry, log, serveKeys: receipts.serveKeys },
    checks: {
      postgres: { required: false, check: () => postgresAnswers(pool) },
      // Without the nodes of some of its lanes a gateway goes on with the others.
      redis: { required: true, check: () => anyAnswers(lanes) },
      memory: {
        required: true,
        check: async () => {
          const unfitLanes = lanes.flatMap(({ no }) => (memories[no]?.isFit() === true ? [] : no))
          if (unfitLanes.length === lanes.length) throw new Error('the memory of Redis is being restored')
          return unfitLanes.length === 0 ? {} : { unfitLanes }
        },
      },
    },
  })
}

/** Throws what the first lane says where none answers. */
async function anyAnswers(lanes: Lanes): Promise<void> {
  const asked = lanes.map(({ redis }) => redis.ping())
  await Promise.any(asked).catch(() => asked[0])
}
