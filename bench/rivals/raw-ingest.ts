/** Storing votes the usual way, with Slonik's unnest: the same rows, read back, into a table of the same form, 1,000 a statement. */
import { createPool, sql } from 'slonik'
import { z } from 'zod'

const [databaseUrl = '', pollId = '', table = ''] = process.argv.slice(2)
const rowsAtATime = 1_000
const pool = await createPool(databaseUrl, { maxPoolSize: 1, statementTimeout: 60_000 })

const columns = await pool.any(sql.type(z.object({ name: z.string(), type: z.string() }))`
  select attname as name, typname as type from pg_attribute join pg_type t on t.oid = atttypid
  where attrelid = 'votes'::regclass and attnum > 0 and not attisdropped order by attnum`)
const comma = sql.fragment`, `
const names = columns.map(({ name }) => sql.identifier([name]))
const asText = names.map((name) => sql.fragment`${name}::text`)

// A voteId of version 7 begins with the time: the rows come as the votes came.
const read = await pool.any(sql.unsafe`
  select ${sql.join(asText, comma)} from votes
  where poll_no = (select poll_no from polls where poll_id = ${pollId}) order by vote_id`)
const rows = read.map((row) => Object.values(row as Record<string, string>))

// The first fifth warms it up.
let startedAt = performance.now()
let measured = 0
await pool.connect(async (connection) => {
  for (let from = 0; from < rows.length; from += rowsAtATime) {
    if (from >= rows.length / 5 && measured === 0) startedAt = performance.now()
    const some = rows.slice(from, from + rowsAtATime)
    if (from >= rows.length / 5) measured += some.length
    await connection.query(sql.unsafe`
      insert into ${sql.identifier([table])} (${sql.join(names, comma)})
      select * from ${sql.unnest(
        some,
        columns.map(({ type }) => type),
      )} as v on conflict do nothing`)
  }
})
const tookS = (performance.now() - startedAt) / 1000
console.log(JSON.stringify({ rows: rows.length, rowsPerS: measured / tookS }))
await pool.end()
