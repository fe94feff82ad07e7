/** Says for people what a drawn fault befalls, before it is done. */
import type { Managed } from '../../local/managed.ts'
import type { DrawnFault } from './draw-faults.ts'
import type { Stage } from './stage.ts'

export function inWords({ kind, target, lastsMs }: DrawnFault, stage: Stage): string {
  const s = `${(lastsMs / 1_000).toFixed(1)} s`
  const nameOf = (processes: readonly Managed[]) => processes[target]?.name ?? '?'
  const gateway = stage.gateways[target]?.process.name ?? '?'
  const persister = stage.persisters[target]?.process.name ?? '?'
  switch (kind) {
    case 'kill-gateway':
      return `kill -9 of ${gateway} for ${s}`
    case 'kill-persister':
      return `kill -9 of ${persister} for ${s}`
    case 'kill-publisher':
      return `kill -9 of ${nameOf(stage.publishers)} for ${s}`
    case 'kill-other':
      return `kill -9 of ${nameOf(stage.others)} for ${s}`
    case 'kill-redis':
      return `kill -9 of Redis for ${s}`
    case 'kill-postgres':
      return `kill -9 of Postgres for ${s}`
    case 'kill-kafka':
      return `kill -9 of ${nameOf(stage.kafka)} for ${s}`
    case 'kafka-outage':
      return `kill -9 of all of Kafka for ${s}`
    case 'pause-gateway':
      return `SIGSTOP of ${gateway} for ${s}`
    case 'pause-persister':
      return `SIGSTOP of ${persister} for ${s}`
    case 'pause-publisher':
      return `SIGSTOP of ${nameOf(stage.publishers)} for ${s}`
    case 'restart-redis':
      return 'Redis is restarted'
    case 'restart-postgres':
      return 'Postgres is restarted (fast)'
    case 'postgres-immediate':
      return 'Postgres is restarted (immediate)'
    case 'postgres-disk-full':
      return `the disk of Postgres is full for ${s}`
    case 'cut-answers':
      return `answers of ${gateway} are lost for ${s}`
    case 'cut-requests':
      return `requests to ${gateway} are lost for ${s}`
    case 'cut-redis-before':
      return `${gateway} is cut from Redis before a group is heard`
    case 'cut-redis-after':
      return `${gateway} is cut from Redis before it hears the answer for a group`
    case 'cut-tally-answer':
      return `${persister} is cut from Redis before it hears that its counts are written`
    case 'repeat-jobs':
      return 'jobs that are done are delivered again'
    case 'unmark-rows':
      return 'ledger rows are marked as not emitted, and go to Kafka again'
    case 'steal-shard':
      return `a shard is another owner's for ${s} while its worker believes that it holds it`
    case 'die-in-gateway':
      return 'a gateway dies between Redis and its answers'
    case 'die-before-commit':
      return 'a persister dies before its commit'
    case 'die-after-commit':
      return 'a persister dies between its commit and Redis'
    case 'die-after-tally':
      return 'a persister dies before its jobs are done'
    case 'die-after-send':
      return 'a publisher dies between Kafka and its mark'
    case 'forget-all':
      return 'Redis forgets everything (FLUSHALL)'
    case 'forget-in-hand':
      return 'Redis forgets everything while a persister has votes in hand, which are sent again'
  }
}
