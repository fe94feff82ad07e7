/** Opens the role `persist`: batches from the queue into Postgres, their counts onto Redis. */
import { tellLedgerGrew } from '../ledger-news.redis.ts'
import type { OpenRole } from '../role-ground.ts'
import { makeAnnounceTally } from '../tally/announce-tally.redis.ts'
import { rewriteTallies } from '../tally/rewrite-tallies.ts'
import { receivedByShard, shardsOfOpenPolls, shardsOfPoll } from '../tally/stored-tallies.slonik.ts'
import { makeTellTallies } from '../tally/tell-tallies.ts'
import { makeWriteTally } from '../tally/write-tally.redis.ts'
import { isPassing } from './passing-fault.slonik.ts'
import { gatherBatches, type Gathering } from './gather-batches.bullmq.ts'
import { keepLease } from './keep-lease.ts'
import { makeKnownPolls } from './known-polls.slonik.ts'
import { makePersistBatches } from './persist-batches.slonik.ts'
import { makeSetAside } from './set-aside.ts'
import { makeSettleGroup } from './settle-group.ts'
import { giveUpLease, renewLease, takeLease } from './shard-lease.slonik.ts'
import { keepUnreadableJob, unreadableJobs } from './unreadable-jobs.slonik.ts'
import { watchUnreadableJobs } from './watch-unreadable-jobs.ts'

export const openPersist: OpenRole = async (stack, ground) => {
  const { redis, log, counter, workerId } = ground
  const pool = await ground.openPool({ most: 4, idleInTransactionMs: 5_000, keepsPlans: true })
  const queueConnection = ground.connect('worker')
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
  const write = makeWriteTally(redis)
  const { announce } = stack.use(makeAnnounceTally(redis, write.read, log))
  stack.use(
    rewriteTallies({
      ...{ write, announce, log },
      stored: () => shardsOfOpenPolls(pool),
      received: () => receivedByShard(pool),
    }),
  )
  // The lease and the worker need each other: it gathers only while a shard is held.
  const gathering: { current: Gathering | null } = { current: null }
  const lease = stack.use(
    keepLease({
      take: () => takeLease(pool, workerId),
      renew: (held) => renewLease(pool, held),
      giveUp: (held) => giveUpLease(pool, held),
      onHeld: () => gathering.current?.go(),
      onNone: () => gathering.current?.rest(),
      log,
    }),
  )
  const stopping = new AbortController()
  watchUnreadableJobs(() => unreadableJobs(pool), ground.registry)
  const settle = makeSettleGroup({
    lease,
    persist: makePersistBatches({ pool, knownPolls: makeKnownPolls(pool) }),
    isPassing,
    tell: makeTellTallies({
      write,
      storedShards: (pollId) => shardsOfPoll(pool, pollId),
      announce,
      ledgerGrew: () => tellLedgerGrew(redis),
    }),
    signal: stopping.signal,
    log,
    onSentBack: (batches) => counters.sentBack.inc(batches),
    onPersisted({ votes, rejected }, batches) {
      counters.votes.inc(votes)
      counters.rejected.inc(rejected)
      if (rejected > 0) log.error({ rejected, votes }, 'votes cannot be stored; the ledger says why')
      counters.batches.inc(batches)
      counters.transactions.inc()
    },
  })
  const setAside = makeSetAside({
    keep: (job) => keepUnreadableJob(pool, job),
    signal: stopping.signal,
    log,
  })
  gathering.current = stack.use(await gatherBatches({ connection: queueConnection, settle, setAside, log }))
  // Closing goes last first: the retries end, the worker finishes its transaction, then the lease is given up.
  stack.defer(() => stopping.abort())
  await lease.held().then(
    () => gathering.current?.go(),
    (error: unknown) => log.warn({ err: error }, 'no shard for now; it is taken as soon as one is free'),
  )
}
