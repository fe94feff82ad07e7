/** Opens the role `persist`: batches from the queue into Postgres, their counts onto Redis. */
import type { Redis } from 'ioredis'
import type { DatabasePool } from 'slonik'
import type { Counter } from 'prom-client'
import type { Log } from '../../runtime/log.ts'
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
import { makeSettleGroup } from './settle-group.ts'
import { giveUpLease, renewLease, takeLease } from './shard-lease.slonik.ts'

export interface PersistParts {
  readonly pool: DatabasePool
  readonly redis: Redis
  /** A connection of the queue's own, which waits for Redis for ever. */
  readonly queueConnection: Redis
  readonly ledgerGrew: () => Promise<void>
  /** Names this worker among others. */
  readonly workerId: string
  readonly log: Log
  readonly counters: { readonly votes: Counter; readonly batches: Counter; readonly transactions: Counter }
}

export async function openPersist(stack: AsyncDisposableStack, parts: PersistParts): Promise<void> {
  const { pool, redis, log, counters } = parts
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
      take: () => takeLease(pool, parts.workerId),
      renew: (held) => renewLease(pool, held),
      giveUp: (held) => giveUpLease(pool, held),
      onHeld: () => gathering.current?.go(),
      onNone: () => gathering.current?.rest(),
      log,
    }),
  )
  const stopping = new AbortController()
  const settle = makeSettleGroup({
    lease,
    persist: makePersistBatches({ pool, knownPolls: makeKnownPolls(pool) }),
    isPassing,
    tell: makeTellTallies({
      write,
      storedShards: (pollId) => shardsOfPoll(pool, pollId),
      announce,
      ledgerGrew: parts.ledgerGrew,
    }),
    signal: stopping.signal,
    log,
    onPersisted({ votes }, batches) {
      counters.votes.inc(votes)
      counters.batches.inc(batches)
      counters.transactions.inc()
    },
  })
  gathering.current = stack.use(await gatherBatches({ connection: parts.queueConnection, settle, log }))
  // Closing goes last first: the retries end, the worker finishes its transaction, then the lease is given up.
  stack.defer(() => stopping.abort())
  await lease.held().then(
    () => gathering.current?.go(),
    (error: unknown) => log.warn({ err: error }, 'no shard for now; it is taken as soon as one is free'),
  )
}
