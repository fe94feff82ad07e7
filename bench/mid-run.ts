/** What falls into the middle of a run because it falls into every evening: a checkpoint and a rewrite of the AOF. */
import type { BenchHouse } from './house.ts'
import { Dishonest } from './part.ts'

export interface Upkeep {
  readonly begin: () => Promise<void>
  /** Throws Dishonest where one of them did not come to its end. */
  readonly check: () => Promise<void>
}

const tries = 600
const pause = () => new Promise((resolve) => setTimeout(resolve, 100))

export async function planUpkeep({ db, house }: BenchHouse): Promise<Upkeep> {
  const checkpoints = async () => {
    const { rows } = await db.query<{ done: string }>('select num_done as done from pg_stat_checkpointer')
    return Number(rows[0]?.done ?? 0)
  }
  const rewrites = async () => {
    const told = await house.redis.info('persistence')
    const number = (name: string) => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(told)?.[1] ?? Number.NaN)
    const isOk = /^aof_last_bgrewrite_status:ok/m.test(told)
    return { done: number('aof_rewrites'), isUnderWay: number('aof_rewrite_in_progress') === 1, isOk }
  }
  const before = { checkpoints: await checkpoints(), rewrites: (await rewrites()).done }
  let fault: unknown = null

  return {
    async begin() {
      try {
        // Redis may have begun one by itself.
        if (!(await rewrites()).isUnderWay) await house.redis.bgrewriteaof()
        // One that is asked for by `checkpoint` writes as fast as the disk; this one is due, and takes its time as
        // each does in an evening, though not 15 minutes of it.
        await house.rows(`alter system set checkpoint_timeout = '30s'`)
        await house.rows('select pg_reload_conf()')
      } catch (error) {
        fault = error
      }
    },
    async check() {
      if (fault instanceof Error) throw fault
      for (let i = 0; i < tries && (await rewrites()).isUnderWay; i++) await pause()
      for (let i = 0; i < tries && (await checkpoints()) <= before.checkpoints; i++) await pause()
      await house.rows('alter system reset checkpoint_timeout')
      await house.rows('select pg_reload_conf()')
      const { done, isOk } = await rewrites()
      if (done <= before.rewrites || !isOk) throw new Dishonest('no rewrite of the AOF fell into the run')
      if ((await checkpoints()) <= before.checkpoints) throw new Dishonest('no checkpoint fell into the run')
    },
  }
}
