/** Brings a database to the newest of the numbered plain SQL files, one transaction a file, one migrator at a time. */
import { readdir, readFile } from 'node:fs/promises'
import pg from 'pg'
import { advisoryLocks } from './advisory-locks.ts'

/** name: the file without `.sql`, such as `0001_house`. */
interface Migration {
  readonly name: string
  readonly sql: string
}

/** A database that this code must not touch: it was migrated by newer code. */
export class DatabaseIsNewer extends Error {
  constructor(unknown: string) {
    super(
      `The database is newer than this code: it has the migration ${unknown}, which is not here. Update Urna.`,
    )
    this.name = 'DatabaseIsNewer'
  }
}

export async function readMigrations(folder = new URL('.', import.meta.url)): Promise<Migration[]> {
  const files = (await readdir(folder)).filter((file) => /^\d{4}_\w+\.sql$/.test(file)).sort()
  return Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.sql'.length),
      sql: await readFile(new URL(file, folder), 'utf8'),
    })),
  )
}

/** Applies what is missing and answers its names. Throws DatabaseIsNewer. */
export async function migrate(databaseUrl: string, migrations: readonly Migration[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.migrate])
    await client.query(
      'create table if not exists migrations (name text primary key, applied_at timestamptz not null default now())',
    )
    const missing = await missingMigrations(client, migrations)
    for (const { name, sql } of missing) {
      await client.query('begin')
      await client.query(sql)
      await client.query('insert into migrations (name) values ($1)', [name])
      await client.query('commit')
    }
    return missing.map(({ name }) => name)
  } finally {
    await client.end()
  }
}

/** Which migrations the database lacks; every process asks before it begins. Throws DatabaseIsNewer. */
export async function missingMigrations<T extends { readonly name: string }>(
  client: { query(sql: string): Promise<{ rows: { name: string }[] }> },
  migrations: readonly T[],
): Promise<T[]> {
  const { rows } = await client.query('select name from migrations order by name')
  const known = new Set(migrations.map(({ name }) => name))
  const unknown = rows.find(({ name }) => !known.has(name))
  if (unknown !== undefined) throw new DatabaseIsNewer(unknown.name)
  const applied = new Set(rows.map(({ name }) => name))
  return migrations.filter(({ name }) => !applied.has(name))
}

/** One line for a process that cannot begin with this database as it is, or null. */
export async function whyDatabaseIsUnfit(databaseUrl: string): Promise<string | null> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    const known = await client.query<{ found: boolean }>(
      "select to_regclass('migrations') is not null as found",
    )
    if (known.rows[0]?.found !== true) return 'The database is empty: run `npm run migrate` first.'
    const missing = await missingMigrations(client, await readMigrations())
    return missing.length === 0
      ? null
      : `The database lacks ${missing.length} migrations: run \`npm run migrate\`.`
  } catch (error) {
    if (error instanceof DatabaseIsNewer) return error.message
    throw error
  } finally {
    await client.end()
  }
}
