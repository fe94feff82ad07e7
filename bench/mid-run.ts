/** What falls into the middle of a run because it falls into every evening: a checkpoint and a rewrite of the AOF. */
import type { BenchHouse } from './house.ts'
import { Dishonest } from './part.ts'

export interface Upkeep {
  readonly begin: () => Promise<void>
  /** Throws Dishonest where one of them did not come to its end. */
  readonly check: () => Promise<void>
}

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
  let begun: Promise<unknown> | null = null
  return {
    async begin() {
      await house.redis.bgrewriteaof()
      // A checkpoint that is asked for by hand is as fast as the disk; it is waited for at the end.
      begun = house.rows('checkpoint').catch((fault: unknown) => fault)
    },
    async check() {
      const fault = await begun
      if (fault instanceof Error) throw fault
      for (let tries = 0; (await rewrites()).isUnderWay && tries < 300; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      const { done, isOk } = await rewrites()
      if (done <= before.rewrites || !isOk) throw new Dishonest('no rewrite of the AOF fell into the run')
      if ((await checkpoints()) <= before.checkpoints) throw new Dishonest('no checkpoint fell into the run')
    },
  }
}
