/** Keeps on Redis what the reconciler reports: of each poll for the gateways, and when it last looked for all workers. */
import type { Redis } from 'ioredis'
import { reconciliationShape, type Reconciliation } from '../../contracts/reconciliation.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'

/** What the last reconciler reported; one that cannot be read is left out. */
export async function readReports(redis: Redis): Promise<Map<string, Reconciliation>> {
  const fields = await redis.hgetall(redisKeys.reconciliation)
  const reports = new Map<string, Reconciliation>()
  for (const [pollId, text] of Object.entries(fields)) {
    const report = readReport(text)
    if (report !== null) reports.set(pollId, report)
  }
  return reports
}

function readReport(text: string): Reconciliation | null {
  try {
    return reconciliationShape.parse(JSON.parse(text))
  } catch {
    return null
  }
}

export async function writeReports(redis: Redis, reports: readonly Reconciliation[]): Promise<void> {
  if (reports.length === 0) return
  const fields = reports.flatMap((report) => [report.pollId, JSON.stringify(report)])
  await redis.hset(redisKeys.reconciliation, ...fields)
}

export async function noteLook(redis: Redis, atMs: number): Promise<void> {
  await redis.set(redisKeys.reconciledAt, atMs)
}

/** Epoch ms; 0 where nobody has looked. */
export async function lastLook(redis: Redis): Promise<number> {
  return Number(await redis.get(redisKeys.reconciledAt))
}
