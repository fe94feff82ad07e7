/** Does one drawn fault to the stage and makes it good; resolves when it is over, with what is to be told of it. */
import type { Managed } from '../../local/managed.ts'
import { rest } from '../../runtime/rest.ts'
import type { DrawnFault } from './draw-faults.ts'
import { forgetInHand } from './forget-in-hand.ts'
import { repeatJobs } from './repeat-jobs.bullmq.ts'
import { stealShard, unmarkRows, type StolenShard } from './row-deeds.pg.ts'
import type { Stage } from './stage.ts'

/** What the faults leave behind that the judge has to know of. */
export interface Traces {
  readonly stolen: StolenShard[]
  /** How often Redis was emptied: then votes may be lost, if they are named. */
  forgotten: number
}

/** What it befalls, for people. */
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

const cutWithinMs = 10_000

/** Resolves to a remark, or to nothing. */
export async function doFault(fault: DrawnFault, stage: Stage, traces: Traces): Promise<string> {
  const { kind, target, lastsMs, pick } = fault
  const { revive } = stage
  const gateway = at(stage.gateways, target)
  const persister = at(stage.persisters, target)

  async function killAndRevive(processes: readonly Managed[]): Promise<string> {
    await Promise.all(processes.map((process) => process.kill()))
    await rest(lastsMs)
    await Promise.all(processes.map(revive))
    return ''
  }
  async function pauseAndResume(process: Managed): Promise<string> {
    process.pause()
    await rest(lastsMs)
    process.resume()
    return ''
  }
  async function stopAndRevive(process: Managed): Promise<string> {
    await process.stop()
    await rest(lastsMs)
    await revive(process)
    return ''
  }
  async function cutRedis(when: 'before' | 'after'): Promise<string> {
    // Others say EXEC as well; only the group's connection brings a script with its text.
    return occurs(gateway.redisWire.cutAt('exec', when, 'eval'))
  }
  async function die(which: 'gateway' | 'persist' | 'publish', point: string): Promise<string> {
    return (await stage.doomed(which, point)) ? '' : 'it had no occasion'
  }

  switch (kind) {
    case 'kill-gateway':
      return killAndRevive([gateway.process])
    case 'kill-persister':
      return killAndRevive([persister.process])
    case 'kill-publisher':
      return killAndRevive([at(stage.publishers, target)])
    case 'kill-other':
      return killAndRevive([at(stage.others, target)])
    case 'kill-redis':
      return killAndRevive([stage.redisServer])
    case 'kill-postgres':
      return killAndRevive([stage.postgres])
    case 'kill-kafka':
      return killAndRevive([at(stage.kafka, target)])
    case 'kafka-outage':
      return killAndRevive(stage.kafka)
    case 'pause-gateway':
      return pauseAndResume(gateway.process)
    case 'pause-persister':
      return pauseAndResume(persister.process)
    case 'pause-publisher':
      return pauseAndResume(at(stage.publishers, target))
    case 'restart-redis':
      return stopAndRevive(stage.redisServer)
    case 'restart-postgres':
      return stopAndRevive(stage.postgres)
    case 'postgres-immediate':
      // Every session is cut at once and nothing is written: the next start has to replay the log.
      await stage.endBy(stage.postgres, 'SIGQUIT')
      await rest(lastsMs)
      await revive(stage.postgres)
      return ''
    case 'postgres-disk-full': {
      stage.disk?.fill()
      await rest(lastsMs)
      stage.disk?.empty()
      await revive(stage.postgres)
      return ''
    }
    case 'cut-answers':
    case 'cut-requests': {
      gateway.wire.cut(kind === 'cut-answers' ? 'answers' : 'requests')
      await rest(lastsMs)
      gateway.wire.mend()
      return ''
    }
    case 'cut-redis-before':
      return cutRedis('before')
    case 'cut-redis-after':
      return cutRedis('after')
    case 'cut-tally-answer':
      // `one` is what the script that writes a shard's counts is told first.
      return occurs(persister.redisWire.cutAt('one', 'after', 'one'))
    case 'repeat-jobs':
      return repeatJobs(stage)
    case 'unmark-rows':
      return unmarkRows(stage)
    case 'steal-shard': {
      const stolen = await stealShard(stage, pick, lastsMs)
      if (stolen === null) return 'nobody held a shard, or its end could not be measured'
      traces.stolen.push(stolen)
      return `shard ${stolen.shard}`
    }
    case 'die-in-gateway':
      return die('gateway', 'ballot.enqueued')
    case 'die-before-commit':
      return die('persist', 'persist.before-commit')
    case 'die-after-commit':
      return die('persist', 'persist.committed')
    case 'die-after-tally':
      return die('persist', 'tally.written')
    case 'die-after-send':
      return die('publish', 'publish.sent')
    case 'forget-all':
      traces.forgotten++
      await stage.redis.flushall()
      return ''
    case 'forget-in-hand':
      traces.forgotten++
      return forgetInHand(stage)
  }
}

/** A cut waits for the words at which it cuts; where none are said for long, the next of its kind takes its place. */
async function occurs(cutting: Promise<void>): Promise<string> {
  const isCut = await Promise.race([cutting.then(() => true), rest(cutWithinMs).then(() => false)])
  return isCut ? '' : 'nothing was said meanwhile'
}

function at<T>(all: readonly T[], place: number): T {
  const [first] = all
  const one = all[place] ?? first
  if (one === undefined) throw new Error('there is none of what this fault befalls')
  return one
}
