/** `npm run migrate`: brings the database at DATABASE_URL up to date and says what it did. */
import { withFiles } from '../runtime/settings-in-files.ts'
import { migrate, readMigrations } from './migrate.pg.ts'

const { given, problems } = withFiles(process.env, ['DATABASE_URL'])
const databaseUrl = given['DATABASE_URL']
if (databaseUrl === undefined || problems.length > 0) {
  const ask = 'set DATABASE_URL, such as postgres://user:password@127.0.0.1:5432/urna'
  console.error(`migrate: ${problems[0] ?? ask}`)
  process.exit(1)
}
try {
  const applied = await migrate(databaseUrl, await readMigrations())
  console.log(applied.length === 0 ? 'migrate: up to date' : `migrate: applied ${applied.join(', ')}`)
} catch (error) {
  console.error(lineFor(error, databaseUrl))
  process.exit(1)
}

/** One line; an address that cannot be reached is named without its password. */
function lineFor(error: unknown, url: string): string {
  const why = error instanceof Error ? error.message : String(error)
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : null
  if (typeof code !== 'string' || !/^E[A-Z]+$/.test(code)) return `migrate: ${why}`
  const { host } = new URL(url)
  return `Cannot reach Postgres at ${host} (DATABASE_URL): ${why}. Is it running, and is the address right?`
}
