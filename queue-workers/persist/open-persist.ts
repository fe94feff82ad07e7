/** Opens the role `persist`: batches from the queues into Postgres, their counts onto Redis. */
import { tellLedgerGrew } from '../ledger-news.redis.ts'
import type { OpenRole } from '../role-ground.ts'
import { makeAnnounceTally } from '../tally/announce-tally.redis.ts'
import { rewriteTallies } from '../tally/rewrite-tallies.ts'
import { receivedByShard, shardsOfOpenPolls, shardsOfPoll } from '../tally/stored-tallies.slonik.ts'
import { makeTellTallies } from '../tally/tell-tallies.ts'
import { makeWriteTally } from '../tally/write-tally.redis.ts'
import { makeKnownPolls } from './known-polls.slonik.ts'
import { isPassing } from './passing-fault.slonik.ts'
import { makePersistBatches } from './persist-batches.slonik.ts'
import { persistLane, type LaneGround } from './persist-lane.ts'
import { makeSetAside } from './set-aside.ts'
import { keepUnreadableJob, unreadableJobs } from './unreadable-jobs.slonik.ts'
import { watchUnreadableJobs } from './watch-unreadable-jobs.ts'

export const openPersist: OpenRole = async (stack, ground) => {
  const { redis, log, counter, workerId } = ground
  const { hashTags } = ground.config
  const pool = await ground.openPool({ most: 3 + hashTags, idleInTransactionMs: 5_000, keepsPlans: true })
  const counters = {
    votes: counter('urna_votes_received_total', 'Votes that this worker took from the queue into Postgres.'),
    batches: counter('urna_batches_persisted_total', 'Jobs that this worker persisted.'),
    transactions: counter('urna_persist_transactions_total', 'Transactions in which it did so.'),
    rejected: counter(
      'urna_votes_rejected_total',
      'Votes that cannot be stored: the ledger says why. Look at each.',
    ),
    sentBack: counter(
      'urna_batches_sent_back_total',
      'Times that a batch went back to the queue, because neither it nor Postgres was to blame.',
    ),
  }
  const write = makeWriteTally(ground.lanes)
  const { announce } = stack.use(makeAnnounceTally(redis, write.read, log))
  stack.use(
    rewriteTallies({
      ...{ write, announce, log },
      stored: () => shardsOfOpenPolls(pool),
      received: () => receivedByShard(pool),
    }),
  )
  const stopping = new AbortController()
  watchUnreadableJobs(() => unreadableJobs(pool), ground.registry)
  const telling = {
    write,
    storedShards: (pollId: string) => shardsOfPoll(pool, pollId),
    announce,
    ledgerGrew: () => tellLedgerGrew(redis),
  }
  const forAll: Omit<LaneGround, 'lane' | 'queueConnection' | 'log' | 'tell' | 'setAside'> = {
    ...{ pool, workerId, hashTags, isPassing, signal: stopping.signal },
    persist: makePersistBatches({ pool, knownPolls: makeKnownPolls(pool) }),
    onSentBack: (batches) => counters.sentBack.inc(batches),
    onPersisted({ votes, rejected }, batches) {
      counters.votes.inc(votes)
      counters.rejected.inc(rejected)
      if (rejected > 0) log.error({ rejected, votes }, 'votes cannot be stored; the ledger says why')
      counters.batches.inc(batches)
      counters.transactions.inc()
    },
  }
  // Closing goes last first: the retries end, the lanes finish their transactions, then their leases are given up.
  const opened = ground.lanes.map((_, lane) => {
    const laneLog = hashTags === 1 ? log : log.child({ lane })
    const onHouseAway = (error: unknown) => laneLog.warn({ err: error }, 'counts are shown later')
    return persistLane({
      ...forAll,
      ...{ lane, queueConnection: ground.connect('worker', lane), log: laneLog },
      tell: makeTellTallies({ ...telling, ...(lane > 0 && { onHouseAway }) }),
      setAside: makeSetAside({
        keep: (job) => keepUnreadableJob(pool, job),
        ...{ signal: stopping.signal, log: laneLog },
      }),
    })
  })
  stack.defer(async () => {
    await Promise.all(opened.map((lane) => lane[Symbol.asyncDispose]()))
  })
  stack.defer(() => stopping.abort())
  // The first lane is on the node that this process cannot do without; another one begins when its node is there.
  await opened[0]?.begun
}
