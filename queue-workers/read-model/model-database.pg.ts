/** Makes the read model's database ready: itself where it is missing, a schema, and the tables in it. */
import pg from 'pg'
import { advisoryLocks } from '../../sql/advisory-locks.ts'
import { migrate, readMigrations } from '../../sql/migrate.pg.ts'

const migrations = new URL('../../sql/read-model/', import.meta.url)

/** SQLSTATE of a database that is not there. */
const noSuchDatabase = '3D000'
const duplicateDatabase = '42P04'

const codeOf = (error: unknown): unknown => (error instanceof Error ? Reflect.get(error, 'code') : null)

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** `fresh`: what stood in the schema goes. */
export async function prepareModel(
  databaseUrl: string,
  schema: string,
  { fresh = false }: { readonly fresh?: boolean } = {},
): Promise<void> {
  const make = () =>
    withClient(databaseUrl, async (client) => {
      // Two that begin at once: the second finds what the first has made.
      await client.query('select pg_advisory_lock($1)', [advisoryLocks.makeModel])
      await client.query('create table if not exists public.model_lock ()')
      if (fresh) await client.query(`drop schema if exists ${pg.escapeIdentifier(schema)} cascade`)
      await client.query(`create schema if not exists ${pg.escapeIdentifier(schema)}`)
    })
  await make().catch(async (error: unknown) => {
    if (codeOf(error) !== noSuchDatabase) throw error
    await createDatabase(databaseUrl)
    await make()
  })
  const url = new URL(databaseUrl)
  url.searchParams.set('options', `-c search_path=${schema}`)
  await migrate(url.toString(), await readMigrations(migrations))
}

async function createDatabase(databaseUrl: string): Promise<void> {
  const url = new URL(databaseUrl)
  const name = decodeURIComponent(url.pathname.slice(1))
  url.pathname = '/postgres'
  await withClient(url.toString(), (client) =>
    client.query(`create database ${pg.escapeIdentifier(name)}`),
  ).catch((error: unknown) => {
    // Another who began at the same time has made it.
    if (codeOf(error) !== duplicateDatabase) throw error
  })
}
