/** Runs the migrations that a developer saved, and says plainly what it did or why it cannot. */
import pg from 'pg'
import { migrate, missingMigrations, readMigrations } from '../../sql/migrate.pg.ts'

interface Databases {
  readonly house: string
  readonly readModel: string
}

/**
 * `saved`: the files that changed, such as `sql/0005_more.sql`. Resolves to those that were applied; null where one
 * cannot be, and then no process would start. The read model's own are run by its role as it starts.
 */
export async function runMigrations(
  databases: Databases,
  saved: readonly string[],
  say: (line: string) => void,
): Promise<string[] | null> {
  const migrations = await readMigrations()
  try {
    const applied = (await migrate(databases.house, migrations)).map(fileOf)
    if (applied.length > 0) say(`${applied.join(', ')}: applied`)
    const old = new Set(migrations.map(({ name }) => fileOf(name)).filter((file) => !applied.includes(file)))
    for (const file of saved.filter((file) => old.has(file))) say(`${file} ${oldWord}`)
    const model = saved.filter((file) => file.startsWith(modelFolder))
    const oldModel = model.length === 0 ? [] : await appliedInModel(databases.readModel)
    for (const file of model.filter((file) => oldModel.includes(file))) say(`${file} ${oldModelWord}`)
    return [...applied, ...model.filter((file) => !oldModel.includes(file))]
  } catch (fault) {
    const [broken] = await withClient(databases.house, (client) =>
      missingMigrations(client, migrations),
    ).catch(() => [])
    const why = fault instanceof Error ? fault.message : String(fault)
    say(`${placeOf(fault, broken)}: ${why}. Nothing of it stays, and all runs on as before.`)
    return null
  }
}

const modelFolder = 'sql/read-model/'
const oldWord =
  'was applied here before and is not run again: write what is to change into a new one, or start on other data (npm run dev -- --data FOLDER).'
const oldModelWord =
  'was applied here before: npm run replay -- --from-start builds the read model anew with it.'

const fileOf = (name: string): string => `sql/${name}.sql`

const appliedInModel = (databaseUrl: string): Promise<string[]> =>
  withClient(databaseUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>('select name from model.migrations')
    return rows.map(({ name }) => `${modelFolder}${name}.sql`)
  })

async function withClient<T>(connectionString: string, ask: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    return await ask(client)
  } finally {
    await client.end()
  }
}

/** Postgres counts characters from 1. */
function placeOf(fault: unknown, broken: { name: string; sql: string } | undefined): string {
  if (broken === undefined) return 'Migrations'
  const position = fault instanceof pg.DatabaseError ? Number(fault.position) : NaN
  if (Number.isNaN(position)) return fileOf(broken.name)
  return `${fileOf(broken.name)}:${broken.sql.slice(0, position).split('\n').length}`
}
