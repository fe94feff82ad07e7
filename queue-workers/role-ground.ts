/** What every role of queue-workers stands on. */
import type { Redis } from 'ioredis'
import type { Counter, Registry } from 'prom-client'
import type { DatabasePool } from 'slonik'
import type { Check } from '../runtime/checks.ts'
import type { Log } from '../runtime/log.ts'
import type { Config } from './config.ts'

/** Opens one role; what it opens is closed with the stack. */
export type OpenRole = (stack: AsyncDisposableStack, ground: RoleGround) => Promise<void>

export interface RoleGround {
  readonly config: Config
  /** Of the first lane, which has the house's keys. */
  readonly redis: Redis
  /** For commands, a connection for each lane; the first is `redis`. */
  readonly lanes: readonly [Redis, ...Redis[]]
  /** Another connection, for queues and subscriptions; of the first lane unless another is asked for. */
  readonly connect: (use: 'command' | 'worker' | 'subscriber', lane?: number) => Redis
  /** A pool of the role's own. */
  readonly openPool: (its: {
    readonly most: number
    readonly idleInTransactionMs: number
    readonly keepsPlans?: boolean
  }) => Promise<DatabasePool>
  /** Names this worker among others. */
  readonly workerId: string
  readonly registry: Registry
  readonly counter: (name: string, help: string) => Counter
  /** For /readyz; a role may add its own. */
  readonly checks: Record<string, Check>
  readonly log: Log
}
