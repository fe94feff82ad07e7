/** Assembles the workers: the roles that were asked for, and the pages that tell how they are. */
import { Counter } from 'prom-client'
import { v7 as uuidv7 } from 'uuid'
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
import type { OpenRole, RoleGround } from './role-ground.ts'

const redisWithinMs = 10_000

const openers: Readonly<Record<Role, OpenRole>> = {
  persist: openPersist,
  publish: openPublish,
  certify: openCertify,
}

export async function openQueueWorkers(
  stack: AsyncDisposableStack,
  config: Config,
  log: Log,
): Promise<{ readonly port: number }> {
  const connect: RoleGround['connect'] = (use) => {
    const connection = connectRedis(config.redisUrl, use, log)
    stack.defer(() => connection.disconnect())
    return connection
  }
  const openPool: RoleGround['openPool'] = async (its) => {
    const pool = await connectPostgres(config.databaseUrl, its)
    stack.defer(() => pool.end())
    return pool
  }
  const redis = connectRedis(config.redisUrl, 'command', log)
  stack.defer(() => redis.disconnect())
  await redisAnswers(redis, redisWithinMs)
  const checkPool = await openPool({ most: 1, idleInTransactionMs: 5_000 })
  const registry = makeRegistry('queue-workers')
  const checks: Record<string, Check> = {
    postgres: { required: true, check: () => postgresAnswers(checkPool) },
    redis: { required: true, check: async () => void (await redis.ping()) },
  }
  const ground = {
    ...{ config, redis, connect, openPool, registry, checks },
    workerId: uuidv7(),
    counter: (name: string, help: string) => new Counter({ name, help, registers: [registry] }),
  }
  for (const role of config.roles) await openers[role](stack, { ...ground, log: log.child({ role }) })
  const ops = makeOps({ process: 'queue-workers', version: await readVersion(), checks, log, registry })
  return stack.use(await serveOps({ host: config.host, port: config.port, ops, log }))
}
