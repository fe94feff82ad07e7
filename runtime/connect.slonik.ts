/** A pool of connections to Postgres. */
import { createPool, createTypeParserPreset, sql, type DatabasePool, type Interceptor } from 'slonik'
import { z } from 'zod'

/** Rows that Slonik hands out pass through their zod shape, so that a row is what its type says. */
const parseRows: Interceptor = {
  name: 'parse-rows',
  transformRow: ({ resultParser }, _query, row) => {
    if (resultParser === undefined) return row
    const read = resultParser['~standard'].validate(row)
    if (read instanceof Promise) throw new TypeError('the shape of a row must not be asynchronous')
    if (read.issues !== undefined) {
      const wrong = read.issues.map(({ path, message }) => `${JSON.stringify(path)}: ${message}`).join('; ')
      throw new Error(`a row of Postgres has not the form that it should: ${wrong}`)
    }
    return read.value as typeof row
  },
}

/** Our whole numbers are counts: they fit in a number, and one that does not must not be rounded. */
const wholeNumbers = {
  name: 'int8',
  parse(text: string): number {
    const number = Number(text)
    if (!Number.isSafeInteger(number)) throw new RangeError(`${text} is larger than a count can be`)
    return number
  },
}

// For prepared statements that live as long as their connection while the tables that they look into grow: one plan
// for all values, and that by index, also if it was made when the table was empty.
const keptPlans = {
  plan_cache_mode: 'force_generic_plan',
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
}

/**
 * Statements end within 10 s if nothing else is given, waits for locks within 5 s, pauses inside a transaction within what
 * is given. `keepsPlans`: see above.
 */
export function connectPostgres(
  databaseUrl: string,
  {
    most,
    idleInTransactionMs,
    statementMs = 10_000,
    keepsPlans = false,
  }: {
    readonly most: number
    readonly idleInTransactionMs: number
    readonly statementMs?: number
    readonly keepsPlans?: boolean
  },
): Promise<DatabasePool> {
  const url = new URL(databaseUrl)
  const settings = { lock_timeout: '5s', ...(keepsPlans && keptPlans) }
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`)
  url.searchParams.set('options', options.join(' '))
  return createPool(url.toString(), {
    maxPoolSize: most,
    statementTimeout: statementMs,
    idleInTransactionSessionTimeout: idleInTransactionMs,
    connectionTimeout: 5_000,
    idleTimeout: 60_000,
    connectionRetryLimit: 0,
    transactionRetryLimit: 0,
    queryRetryLimit: 0,
    // Sessions keep no state between uses (no temporary tables, no session settings): nothing to discard.
    resetConnection: async () => {},
    typeParsers: [...createTypeParserPreset().filter(({ name }) => name !== 'int8'), wholeNumbers],
    interceptors: [parseRows],
  })
}

/** Resolves when Postgres answers. */
export async function postgresAnswers(pool: DatabasePool): Promise<void> {
  await pool.query(sql.type(z.object({}))`select 1`)
}
