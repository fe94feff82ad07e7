/** Opens the role `reconcile`: one of all workers keeps the books of the polls, the others stand by. */
import { repeat, rest } from '../../runtime/rest.ts'
import { advisoryLocks } from '../../sql/advisory-locks.ts'
import type { RoleGround, OpenRole } from '../role-ground.ts'
import { makeWriteTally } from '../tally/write-tally.redis.ts'
import { makeAskModel } from './ask-model.ts'
import { makeDriftMetrics } from './drift-metrics.ts'
import { keepLooking } from './keep-looking.ts'
import { makeLook, type LookParts } from './look.ts'
import { measureLastLook } from './measure-last-look.ts'
import { whileTheOnlyOne } from './only-one.pg.ts'
import { readEventsBack, type Ends } from './read-events.kafka.ts'
import { lastLook, noteLook, readReports, writeReports } from './reports.redis.ts'
import { makeSeenEvents } from './seen-events.ts'
import { watchForHang } from './watch-for-hang.ts'
import { certifiedPolls, pollsOver, watchedPolls } from './watched-polls.slonik.ts'

// Whether Kafka answers is asked this often; what it was read for is judged in between.
const askKafkaEveryMs = 5_000

export const openReconcile: OpenRole = async (stack, ground) => {
  const { config, redis, log } = ground
  // A row that is marked anew may be locked by a publisher while it is sent.
  const pool = await ground.openPool({ most: 3, idleInTransactionMs: 10_000 })
  const metrics = makeDriftMetrics(ground.registry)
  stack.use(measureLastLook({ registry: ground.registry, lastLook: () => lastLook(redis) }))
  const write = makeWriteTally(ground.lanes)
  const { readModelUrl, adminToken } = config
  // It tells moderators alone what it has read up to when.
  const askModel =
    readModelUrl === null || adminToken === null ? null : makeAskModel(readModelUrl, adminToken)

  async function reconcile(signal: AbortSignal): Promise<void> {
    log.info('this worker reconciles from now on')
    await using open = new AsyncDisposableStack()
    const seen = makeSeenEvents()
    seen.forget(await certifiedPolls(pool))
    const events = config.kafkaBrokers && openEvents(open, config.kafkaBrokers, seen, log)
    await keepLooking({
      polls: () => watchedPolls(pool),
      look: makeLook({ lanes: ground.lanes, pool, write, events, askModel, log }),
      lastReports: () => readReports(redis),
      report: (reports) => writeReports(redis, reports),
      onLooked: () => noteLook(redis, Date.now()),
      heardOf: seen.pollIds,
      whichAreOver: (pollIds) => pollsOver(pool, pollIds),
      onOver: seen.forget,
      ...{ metrics, signal, log },
    })
  }

  const stopping = new AbortController()
  const playing = whileTheOnlyOne(
    { databaseUrl: config.databaseUrl, lock: advisoryLocks.reconcile, signal: stopping.signal },
    reconcile,
    (error) => log.warn({ err: error }, 'the reconciler ended; it begins anew'),
  )
  stack.defer(async () => {
    stopping.abort()
    await playing
  })
}

/** What was read back can be judged once all was read that Kafka held when it first answered, and while it answers. */
function openEvents(
  stack: AsyncDisposableStack,
  brokers: readonly string[],
  seen: ReturnType<typeof makeSeenEvents>,
  log: RoleGround['log'],
): NonNullable<LookParts['events']> {
  const reader = stack.use(readEventsBack(brokers, seen, log))
  let away: string | null = 'Kafka is being read from its beginning.'
  // All up to there is to be read before anything is judged: from the beginning, or since it was found to hang.
  let goal: Ends | null = null
  let why: string | null = away
  const hangs = watchForHang()
  const asking = repeat(
    askKafkaEveryMs,
    async (signal) => {
      const ends = await reader.ends()
      away = null
      if (why !== null) {
        goal ??= ends
        const until = performance.now() + askKafkaEveryMs
        while (!reader.isAt(goal) && performance.now() < until && !signal.aborted) await rest(100, signal)
        if (reader.isAt(goal)) why = null
      }
      if (!hangs({ isAtEnd: reader.isAt(ends), read: reader.timesRead() }, performance.now())) return
      log.warn('the reader of events hangs; it is opened anew')
      why = 'Nothing is read from Kafka, which has more: its reader is opened anew.'
      goal = ends
      reader.reopen()
    },
    () => {
      away = 'Kafka does not answer.'
      // What it does not read while nobody answers is no hang: its time begins anew.
      hangs({ isAtEnd: true, read: reader.timesRead() }, performance.now())
    },
  )
  stack.defer(() => asking.stop())
  return { seen, reader, fault: () => away ?? why }
}
