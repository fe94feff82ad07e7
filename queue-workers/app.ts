/** Assembles the workers: the roles that were asked for, and the pages that tell how they are. */
import { Counter } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
import { laneKeys } from '../contracts/redis-keys.ts'
import { connectRedis, redisAnswers } from '../runtime/connect.redis.ts'
import { connectPostgres, postgresAnswers } from '../runtime/connect.slonik.ts'
import type { Log } from '../runtime/log.ts'
import { makeOps, makeRegistry, serveOps } from '../runtime/ops.ts'
import type { Check } from '../runtime/checks.ts'
import { readVersion } from '../runtime/version.ts'
import type { Config, Role } from './config.ts'
import { openCertify } from './certify/open-certify.ts'
import { openPersist } from './persist/open-persist.ts'
import { openPublish } from './publish/open-publish.ts'
import { openReadModel } from './read-model/open-read-model.ts'
import { openReconcile } from './reconcile/open-reconcile.ts'
import type { OpenRole, RoleGround } from './role-ground.ts'

const redisWithinMs = 10_000

const openers: Readonly<Record<Exclude<Role, 'read-model'>, OpenRole>> = {
  persist: openPersist,
  publish: openPublish,
  certify: openCertify,
  reconcile: openReconcile,
}

/** The read model needs neither Redis nor the main database: asked for alone, it starts and serves without them. */
export const isReadModelAlone = ({ roles }: Pick<Config, 'roles'>): boolean =>
  [...roles].every((role) => role === 'read-model')

export async function openQueueWorkers(
  stack: AsyncDisposableStack,
  config: Config,
  log: Log,
): Promise<{ readonly port: number }> {
  const registry = makeRegistry('queue-workers')
  const checks: Record<string, Check> = {}
  const counter = (name: string, help: string) => new Counter({ name, help, registers: [registry] })
  if (config.roles.has('read-model')) {
    await openReadModel(stack, { config, checks, counter, log: log.child({ role: 'read-model' }) })
  }
  if (!isReadModelAlone(config)) await openOthers(stack, { config, registry, checks, counter, log })
  const ops = makeOps({ process: 'queue-workers', version: await readVersion(), checks, log, registry })
  return stack.use(await serveOps({ host: config.host, port: config.port, ops, log }))
}

/** The roles that stand on Redis and the main database. */
async function openOthers(
  stack: AsyncDisposableStack,
  parts: Pick<RoleGround, 'config' | 'registry' | 'checks' | 'counter' | 'log'>,
): Promise<void> {
  const { config, checks, log } = parts
  const connect: RoleGround['connect'] = (use, lane = 0) => {
    const connection = connectRedis(config.redisUrl, use, log, laneKeys(lane).epoch)
    stack.defer(() => connection.disconnect())
    return connection
  }
  const openPool: RoleGround['openPool'] = async (its) => {
    const pool = await connectPostgres(config.databaseUrl, its)
    stack.defer(() => pool.end())
    return pool
  }
  const redis = connect('command')
  await redisAnswers(redis, redisWithinMs)
  const checkPool = await openPool({ most: 1, idleInTransactionMs: 5_000 })
  checks['postgres'] = { required: true, check: () => postgresAnswers(checkPool) }
  checks['redis'] = { required: true, check: async () => void (await redis.ping()) }
  const others = Array.from({ length: config.hashTags - 1 }, (_, i) => connect('command', i + 1))
  const ground = {
    ...parts,
    redis,
    lanes: [redis, ...others] as const,
    connect,
    openPool,
    workerId: uuidv7(),
  }
  for (const role of config.roles) {
    if (role !== 'read-model') await openers[role](stack, { ...ground, log: log.child({ role }) })
  }
}
