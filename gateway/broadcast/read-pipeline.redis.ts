/** Where votes are between the voter and the screens, as Redis knows it: of each lane at one instant. */
import { z } from 'zod'
import { batchQueue, queuePrefix } from '../../contracts/batch.ts'
import { publishReportShape, type PublishReport } from '../../contracts/pipeline.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import type { Lane, Lanes } from '../lanes.ts'

export interface PipelineReading {
  /** Votes put into jobs by all gateways, and votes received by all workers; absolute. */
  readonly admitted: number
  readonly received: number
  /** When the oldest batch in the queue was made, epoch ms; null when the queue is empty. */
  readonly oldestAt: number | null
  /** What each publisher last reported, old reports too. */
  readonly reports: readonly PublishReport[]
}

const fine = <T extends z.ZodType>(shape: T) => z.tuple([z.null(), shape])
const ids = fine(z.array(z.string()))
const laneShape = z.tuple([ids, ids, ids, ids, ids])
const hopsShape = z.record(z.string(), z.string())

// A field of redisKeys.pipeline that a publisher writes: `publish:<worker id>`.
const reportField = /^publish:/

/** A lane that is away makes the whole unreadable: a sum without it would be a lie. */
export function makeReadPipeline(lanes: Lanes): () => Promise<PipelineReading> {
  return async () => {
    const [hops, ...read] = await Promise.all([
      lanes[0].redis.hgetall(redisKeys.pipeline),
      ...lanes.map(readLane),
    ])
    const made = read.flatMap(({ oldest }) => oldest.flatMap((batchId) => madeAt(batchId) ?? []))
    return {
      admitted: sum(read.flatMap(({ admitted }) => admitted)),
      received: sum(read.flatMap(({ received }) => received)),
      oldestAt: made.length === 0 ? null : Math.min(...made),
      reports: Object.entries(hopsShape.parse(hops)).flatMap(([field, text]) =>
        reportField.test(field) ? (readReport(text) ?? []) : [],
      ),
    }
  }
}

async function readLane({ no, redis, keys }: Lane) {
  const queueKey = (list: string) => `${queuePrefix(no)}:${batchQueue.name}:${list}`
  const answers = await redis
    .multi()
    .hvals(keys.admitted)
    .hvals(keys.received)
    // BullMQ adds on the left and takes on the right: the oldest is last. Jobs to be tried again are delayed.
    .lrange(queueKey('wait'), -1, -1)
    .lrange(queueKey('active'), -1, -1)
    .zrange(queueKey('delayed'), 0, 0)
    .exec()
  const [[, admitted], [, received], [, waiting], [, active], [, delayed]] = laneShape.parse(answers)
  return { admitted, received, oldest: [...waiting, ...active, ...delayed] }
}

/** A UUIDv7 begins with its time: 48 bits of epoch ms. */
function madeAt(batchId: string): number | null {
  const digits = batchId.replaceAll('-', '')
  return /^[0-9a-f]{12}7[0-9a-f]{19}$/.test(digits) ? Number.parseInt(digits.slice(0, 12), 16) : null
}

function readReport(text: string): PublishReport | null {
  try {
    return publishReportShape.parse(JSON.parse(text))
  } catch {
    // Written by a newer worker, perhaps: what cannot be read is as good as not reported.
    return null
  }
}

function sum(counts: readonly string[]): number {
  return counts.reduce((total, count) => total + Number(count), 0)
}
