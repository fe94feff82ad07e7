/** What lies in Postgres and on Redis as lines of text, and back again. */
import pg from 'pg'
import type { Redis } from 'ioredis'
import { z } from 'zod'

const redisKeyShape = z.object({
  key: z.string(),
  /** -1: it does not expire. */
  ttlMs: z.int(),
  type: z.enum(['string', 'hash', 'list', 'set', 'zset', 'stream']),
  value: z.union([z.string(), z.array(z.string())]),
})
type RedisKey = z.infer<typeof redisKeyShape>

async function withPostgres<T>(databaseUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

/** Every row of every table but the partitions and the migrations' own, a line each: `{"table":"polls","row":{...}}`. */
export function readRows(databaseUrl: string): Promise<string[]> {
  return withPostgres(databaseUrl, async (client) => {
    const tables = await client.query<{ name: string }>(
      `select relname as name from pg_class
       where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
         and relname <> 'migrations' order by relname`,
    )
    const lines: string[] = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(
        `select row_to_json(t)::text as row from ${pg.escapeIdentifier(name)} t order by 1`,
      )
      // The row stays text: numbers may be larger than JavaScript's.
      lines.push(...rows.map(({ row }) => `{"table":${JSON.stringify(name)},"row":${row}}`))
    }
    return lines
  })
}

/** Puts them in place of all that there is; the tables are those of the release that the lines are from. */
export function writeRows(databaseUrl: string, lines: readonly string[]): Promise<void> {
  const rows = lines.map((line) => {
    const [, table = '', row = ''] = /^\{"table":"(\w+)","row":(.*)\}$/.exec(line) ?? []
    if (table === '') throw new Error(`no row: ${line.slice(0, 80)}`)
    return { table, row }
  })
  return withPostgres(databaseUrl, async (client) => {
    await client.query('begin')
    // What the triggers freeze is frozen already in these rows; and no order of the tables would please the keys.
    await client.query('set local session_replication_role = replica')
    // The migrations leave rows of their own.
    for (const table of ['shard_heads', 'house_lanes']) await client.query(`delete from ${table}`)
    const polls = rows.filter(({ table }) => table === 'polls')
    for (const { row } of polls)
      await client.query("select create_votes_partition(($1::json ->> 'poll_no')::integer)", [row])
    for (const { table, row } of rows) {
      const name = pg.escapeIdentifier(table)
      await client.query(
        `insert into ${name} overriding system value select * from json_populate_record(null::${name}, $1::json)`,
        [row],
      )
    }
    for (const [table, column] of [
      ['polls', 'poll_no'],
      ['poll_events', 'event_no'],
    ])
      await client.query(
        `select setval(pg_get_serial_sequence('${table}', '${column}'), coalesce(max(${column}), 1)) from ${table}`,
      )
    await client.query('commit')
  })
}

/** Every key, a line each. */
export async function readKeys(redis: Redis): Promise<string[]> {
  const lines: string[] = []
  for (const key of (await redis.keys('*')).sort()) {
    const type = redisKeyShape.shape.type.parse(await redis.type(key))
    const its: RedisKey = {
      key,
      ttlMs: await redis.pttl(key),
      type,
      value: await readValue(redis, type, key),
    }
    lines.push(JSON.stringify(its))
  }
  return lines
}

async function readValue(redis: Redis, type: RedisKey['type'], key: string): Promise<string | string[]> {
  switch (type) {
    case 'string':
      return (await redis.get(key)) ?? ''
    case 'hash':
      return Object.entries(await redis.hgetall(key)).flat()
    case 'list':
      return redis.lrange(key, 0, -1)
    case 'set':
      return redis.smembers(key)
    case 'zset':
      return redis.zrange(key, 0, -1, 'WITHSCORES')
    case 'stream':
      return (await redis.xrange(key, '-', '+')).map((entry) => JSON.stringify(entry))
  }
}

const streamEntryShape = z.tuple([z.string(), z.array(z.string())])

/** Puts them in place of all that there is, with the time that each had left. */
export async function writeKeys(redis: Redis, lines: readonly string[]): Promise<void> {
  await redis.flushall()
  for (const line of lines) {
    const { key, ttlMs, type, value } = redisKeyShape.parse(JSON.parse(line))
    const all = [value].flat()
    switch (type) {
      case 'string':
        await redis.set(key, all[0] ?? '')
        break
      case 'hash':
        await redis.hset(key, ...all)
        break
      case 'list':
        await redis.rpush(key, ...all)
        break
      case 'set':
        await redis.sadd(key, ...all)
        break
      case 'zset':
        for (let i = 0; i < all.length; i += 2) await redis.zadd(key, Number(all[i + 1]), all[i] ?? '')
        break
      case 'stream':
        for (const entry of all) {
          const [id, fields] = streamEntryShape.parse(JSON.parse(entry))
          await redis.xadd(key, id, ...fields)
        }
        break
    }
    if (ttlMs > 0) await redis.pexpire(key, ttlMs)
  }
}
