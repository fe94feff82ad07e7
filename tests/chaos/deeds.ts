/** Does one drawn fault to the stage and makes it good; resolves when it is over, with what was really done. */
import type { Managed } from '../../local/managed.ts'
import { rest } from '../../runtime/rest.ts'
import type { RedisCutter } from '../redis-cutter.ts'
import type { DrawnFault } from './draw-faults.ts'
import { forgetInHand } from './forget-in-hand.ts'
import { forgetAll, type QueuedRow } from './forget-all.ts'
import { repeatJobs } from './repeat-jobs.bullmq.ts'
import { stealShard, unmarkRows, type StolenShard } from './row-deeds.pg.ts'
import type { Stage } from './stage.ts'
import type { Voters } from './voters.ts'

/** What the faults leave behind that the judge has to know of. */
export interface Traces {
  readonly stolen: StolenShard[]
  /** How often Redis was emptied: then votes may be lost, if they are named. */
  forgotten: number
  /** What lay in the queue when Redis was emptied: of it is lost what no worker had in hand. */
  readonly queued: QueuedRow[]
}

/** What became of a fault: one that found nothing to befall has not happened, and shows nothing. */
export interface Deed {
  readonly happened: boolean
  readonly says: string
}

// Long enough for a busy machine; a fault that nothing has come before by then did not happen, and is told as such.
const comesWithinMs = 20_000
const lookEveryMs = 50

export async function doFault(
  fault: DrawnFault,
  stage: Stage,
  voters: Pick<Voters, 'hasHeardNothing'>,
  traces: Traces,
): Promise<Deed> {
  const { kind, target, lastsMs, pick } = fault
  const { revive } = stage
  const gateway = at(stage.gateways, target)
  const persister = at(stage.persisters, target)

  async function killAndRevive(processes: readonly Managed[]): Promise<Deed> {
    const up = processes.filter(({ pid }) => pid !== null)
    const says = up.length === 0 ? 'it was down already' : `killed ${pidsOf(up)}`
    await Promise.all(processes.map((process) => process.kill()))
    await rest(lastsMs)
    await Promise.all(processes.map(revive))
    return { happened: up.length > 0, says }
  }
  async function pauseAndResume(process: Managed): Promise<Deed> {
    const { pid } = process
    process.pause()
    await rest(lastsMs)
    // Another process by now: the one that was paused has ended, and was not there to be late.
    const happened = pid !== null && process.pid === pid
    process.resume()
    return { happened, says: happened ? `paused pid ${pid}` : 'it was down, or ended meanwhile' }
  }
  async function endAndRevive(process: Managed, end: () => Promise<void>): Promise<Deed> {
    const { pid } = process
    await end()
    await rest(lastsMs)
    await revive(process)
    return pid === null
      ? { happened: false, says: 'it was down already' }
      : { happened: true, says: `ended pid ${pid}` }
  }
  const redisIsCut = (wire: RedisCutter, ...its: Parameters<RedisCutter['cutAt']>) =>
    comes(wire.cutAt(...its), wire.letGo)
  async function cutVoters(what: 'answers' | 'requests'): Promise<Deed> {
    const { wire } = gateway
    wire.cut(what)
    await rest(lastsMs)
    for (let waited = 0; wire.lost() === 0 && waited < comesWithinMs; waited += lookEveryMs)
      await rest(lookEveryMs)
    const lost = wire.lost()
    wire.mend()
    return { happened: lost > 0, says: `${what} cut: ${lost}` }
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
      return endAndRevive(stage.redisServer, () => stage.redisServer.stop())
    case 'restart-postgres':
      return endAndRevive(stage.postgres, () => stage.postgres.stop())
    case 'postgres-immediate':
      // Every session is cut at once and nothing is written: the next start has to replay the log.
      return endAndRevive(stage.postgres, () => stage.endBy(stage.postgres, 'SIGQUIT'))
    case 'postgres-disk-full': {
      const free = stage.disk?.fill() ?? null
      await rest(lastsMs)
      stage.disk?.empty()
      await revive(stage.postgres)
      return free === null
        ? { happened: false, says: 'it has no disk of its own' }
        : { happened: free === 0, says: `${free} bytes were free` }
    }
    case 'cut-answers':
      return cutVoters('answers')
    case 'cut-requests':
      return cutVoters('requests')
    // Others say EXEC as well; only the group's connection brings a script with its text.
    case 'cut-redis-before':
      return redisIsCut(gateway.redisWire, 'exec', 'before', 'eval')
    case 'cut-redis-after':
      return redisIsCut(gateway.redisWire, 'exec', 'after', 'eval')
    case 'cut-tally-answer':
      // `one` is what the script that writes a shard's counts is told first.
      return redisIsCut(persister.redisWire, 'one', 'after', 'one')
    case 'repeat-jobs':
      return repeatJobs(stage)
    case 'unmark-rows':
      return unmarkRows(stage)
    case 'steal-shard': {
      const stolen = await stealShard(stage, pick, lastsMs)
      if (stolen === null)
        return { happened: false, says: 'nobody held a shard, or its end could not be measured' }
      traces.stolen.push(stolen)
      return { happened: true, says: `shard ${stolen.shard} taken` }
    }
    case 'die-in-gateway':
      return stage.doomed('gateway', 'ballot.enqueued')
    case 'die-before-commit':
      return stage.doomed('persist', 'persist.before-commit')
    case 'die-after-commit':
      return stage.doomed('persist', 'persist.committed')
    case 'die-after-tally':
      return stage.doomed('persist', 'tally.written')
    case 'die-after-send':
      return stage.doomed('publish', 'publish.sent')
    case 'forget-all':
      return forgetAll(stage, traces)
    case 'forget-in-hand':
      return forgetInHand(stage, traces, voters.hasHeardNothing)
  }
}

/** A cut waits for the words at which it cuts; one that they do not come before is let go, so that it cuts nothing later. */
async function comes(cutting: Promise<void>, letGo: () => void): Promise<Deed> {
  const isCut = await Promise.race([cutting.then(() => true), rest(comesWithinMs).then(() => false)])
  letGo()
  return { happened: isCut, says: isCut ? 'cut: 1' : 'nothing was said meanwhile' }
}

const pidsOf = (processes: readonly Managed[]) =>
  processes.map(({ name, pid }) => `${name} (pid ${pid ?? '?'})`).join(', ')

function at<T>(all: readonly T[], place: number): T {
  const [first] = all
  const one = all[place] ?? first
  if (one === undefined) throw new Error('there is none of what this fault befalls')
  return one
}
