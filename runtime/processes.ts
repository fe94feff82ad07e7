/** One server in several processes that share its port: a tender starts them, replaces one that ends, stops all. */
import cluster, { type Worker } from 'node:cluster'
import { AggregatorRegistry, type PrometheusContentType, type Registry } from 'prom-client'
import { z } from 'zod'
import type { Log } from './log.ts'
import { rest } from './rest.ts'

// A process that ends again and again is not started more often than this.
const replaceAfterMs = 1_000

const askShape = z.object({ ask: z.literal('metrics'), no: z.int() })
const tellShape = z.object({ tell: z.literal('metrics'), no: z.int(), text: z.string().nullable() })

/** Whether this process is one of several, and not their tender. */
export const isOneOfSeveral = (): boolean => cluster.isWorker

/**
 * Tends `count` processes that run this program again. The first starts alone, so that what keeps it from starting is
 * told once and ends the tender; the others follow when it listens. Connections go to them in turn.
 */
export function tendProcesses(log: Log, count: number, closeWithinMs: number): void {
  const metrics = new AggregatorRegistry<PrometheusContentType>()
  let listens = false
  let stopping = false

  function start(): void {
    const worker = cluster.fork()
    worker.on('message', (message: unknown) => void tellMetrics(metrics, worker, message))
  }
  function stop(signal: NodeJS.Signals): void {
    if (stopping) process.exit(130)
    stopping = true
    log.info({ signal }, 'stopping all processes')
    for (const worker of workers()) worker.process.kill('SIGTERM')
    if (workers().length === 0) process.exit(0)
    // They give themselves as long; one that hangs must not keep us.
    setTimeout(() => process.exit(1), closeWithinMs + 1_000).unref()
  }

  cluster.on('listening', () => {
    if (listens) return
    listens = true
    for (let i = 1; i < count; i++) start()
  })
  cluster.on('exit', (worker, code, signal: string | null) => {
    if (stopping || !listens) {
      if (workers().length === 0) process.exit(stopping ? 0 : code)
      return
    }
    log.error({ pid: worker.process.pid, code, signal }, 'a process ended; another takes its place')
    void rest(replaceAfterMs).then(() => {
      if (!stopping) start()
    })
  })
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  start()
}

const workers = (): Worker[] => Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined)

async function tellMetrics(
  metrics: AggregatorRegistry<PrometheusContentType>,
  worker: Worker,
  message: unknown,
): Promise<void> {
  const asked = askShape.safeParse(message)
  if (!asked.success) return
  const text = await metrics.clusterMetrics().catch(() => null)
  if (worker.isConnected()) worker.send({ tell: 'metrics', no: asked.data.no, text })
}

/** The metrics of all processes together, for one of them to show. Rejects while the tender has none. */
export function shareMetrics(registry: Registry): () => Promise<string> {
  AggregatorRegistry.setRegistries([registry])
  // Answers the tender's own questions from now on.
  new AggregatorRegistry()
  let asked = 0
  return () =>
    new Promise((resolve, reject) => {
      const no = ++asked
      const hear = (message: unknown) => {
        const told = tellShape.safeParse(message)
        if (!told.success || told.data.no !== no) return
        process.off('message', hear)
        if (told.data.text === null) reject(new Error('the other processes did not tell their metrics'))
        else resolve(told.data.text)
      }
      process.on('message', hear)
      process.send?.({ ask: 'metrics', no })
    })
}
