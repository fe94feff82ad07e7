/** Rebuilds the read model beside the one that is shown: all of it, or its state at a moment. */
import type { DatabasePool } from 'slonik'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import type { Log } from '../../runtime/log.ts'
import { Trouble } from '../../runtime/trouble.ts'
import { makePrepareTopics } from '../publish/prepare-topics.kafka.ts'
import { applyBatch, applyEvents, offsetOf, type PartitionBatch } from './apply-batch.slonik.ts'
import { liveSchema, nextSchema, schemaAt, writeInModel } from './in-model.slonik.ts'
import { prepareModel } from './model-database.pg.ts'
import { readBatch } from './read-batch.ts'
import { readTold } from './read-ledger.slonik.ts'
import { readEnds, readRanges, type PartitionEnds } from './read-range.kafka.ts'
import { topicsRead } from './registry.ts'
import { switchModel, whileAlone, type Place } from './switch-model.pg.ts'

export interface RebuildParts {
  readonly talliesDatabaseUrl: string
  readonly brokers: readonly string[]
  /** The copies of a topic that is missing. */
  readonly replicas: number | null
  /** Its ledger has what Kafka no longer has; null: it is not known. */
  readonly databaseUrl: string | null
  /** How far it has come. */
  readonly onProgress: (done: number, of: number, what: string) => void
  readonly log: Log
}

/** From the start, and then in the place of the one that is shown. */
export function rebuildAll(parts: RebuildParts): Promise<void> {
  return rebuild(parts, nextSchema, null, async (pool) => {
    await switchModel(parts.talliesDatabaseUrl, (places) => catchUp(parts, pool, places))
  })
}

/** The state at a moment, beside the others; answers the name of its schema. */
export async function rebuildAt(parts: RebuildParts, at: Date): Promise<string> {
  const schema = schemaAt(at)
  await rebuild(parts, schema, at.getTime(), async () => undefined)
  return schema
}

async function rebuild(
  parts: RebuildParts,
  schema: string,
  untilMs: number | null,
  finish: (pool: DatabasePool) => Promise<void>,
): Promise<void> {
  const { talliesDatabaseUrl, brokers, log } = parts
  // The lock and the one that is shown are there from the first moment on.
  await prepareModel(talliesDatabaseUrl, liveSchema)
  await whileAlone(talliesDatabaseUrl, async () => {
    await prepareModel(talliesDatabaseUrl, schema, { fresh: true })
    await using stack = new AsyncDisposableStack()
    const pool = await connectPostgres(talliesDatabaseUrl, { most: 2, idleInTransactionMs: 10_000 })
    stack.defer(() => pool.end())
    await makePrepareTopics(brokers, parts.replicas, log)()
    const ends = await readEnds(brokers, topicsRead, log)
    for (const topic of new Set(ends.filter(({ low }) => low > 0).map((end) => end.topic))) {
      await takeFromLedger(parts, pool, schema, topic, untilMs)
    }
    await takeFromKafka(parts, pool, schema, ends, untilMs)
    await finish(pool)
  })
}

async function takeFromLedger(
  { databaseUrl, onProgress }: RebuildParts,
  pool: DatabasePool,
  schema: string,
  topic: string,
  untilMs: number | null,
): Promise<void> {
  if (databaseUrl === null) {
    throw new Trouble(`Kafka no longer has the beginning of ${topic}: set DATABASE_URL, whose ledger has it.`)
  }
  const main = await connectPostgres(databaseUrl, { most: 1, idleInTransactionMs: 10_000 })
  try {
    let done = 0
    for await (const page of readTold(main, topic)) {
      const read = readBatch(
        page.map((value) => ({ offset: 0, value })),
        untilMs,
      )
      const [broken] = read.unreadable
      if (broken !== undefined) throw new Error(`the ledger's ${topic} cannot be read: ${broken.why}`)
      await writeInModel(pool, schema, (tx) => applyEvents(tx, read))
      onProgress((done += page.length), done, `${topic} out of the ledger`)
    }
  } finally {
    await main.end()
  }
}

async function takeFromKafka(
  { brokers, onProgress, log }: RebuildParts,
  pool: DatabasePool,
  schema: string,
  ends: readonly PartitionEnds[],
  untilMs: number | null,
): Promise<void> {
  for (const { topic, partition, low } of ends) await offsetOf(pool, schema, topic, partition, low)
  const all = ends.reduce((sum, { low, high }) => sum + high - low, 0)
  let done = 0
  const ranges = ends.map(({ topic, partition, low: from, high: to }) => ({ topic, partition, from, to }))
  const take = async (batch: PartitionBatch) => {
    await applyOrFail(pool, schema, batch, untilMs)
    onProgress((done += batch.to - batch.from), all, 'messages from Kafka')
  }
  await readRanges(brokers, ranges, take, log)
}

/** To where the one that is shown stands: no number may go back when they change places. */
async function catchUp(
  { brokers, log }: RebuildParts,
  pool: DatabasePool,
  places: readonly Place[],
): Promise<void> {
  const ends = await readEnds(brokers, topicsRead, log)
  const ranges = []
  for (const { topic, partition, offset } of places) {
    const end = ends.find((its) => its.topic === topic && its.partition === partition)
    if (end === undefined) continue
    const from = await offsetOf(pool, nextSchema, topic, partition, end.low)
    ranges.push({ topic, partition, from, to: Math.min(offset, end.high) })
  }
  await readRanges(brokers, ranges, (batch) => applyOrFail(pool, nextSchema, batch, null), log)
}

async function applyOrFail(
  pool: DatabasePool,
  schema: string,
  batch: PartitionBatch,
  untilMs: number | null,
): Promise<void> {
  const applied = await applyBatch(pool, schema, batch, untilMs)
  if (applied === null) throw new Error(`another process rebuilds ${schema} at the same time`)
}
