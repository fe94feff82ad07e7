/** Reads the options of `npm start`: each is also an environment variable, and the command line wins. */
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Trouble } from './trouble.ts'

const help = `Usage: npm start -- [options]

  --port PORT    where the gateway listens        (PORT, default 3000)
  --data FOLDER  where everything is kept         (DATA_DIR, default .urna in the checkout)
  --crowd N      simulated people who vote        (CROWD, default 0)
  --lan          lets devices in the same network vote: the gateway alone listens to all  (LAN=true)
  --dev          for who changes the code: a saved file takes effect at once (npm run dev)
  --help         this text

Services of your own are used, not started: DATABASE_URL, REDIS_URL, KAFKA_BROKERS (host:port, comma separated),
TALLIES_DATABASE_URL (the read model's; made where it is missing). KAFKA_REPLICAS: copies of each topic.
Ports of ours are chosen free unless set: POSTGRES_PORT, REDIS_PORT, KAFKA_PORT, TALLIES_POSTGRES_PORT,
READ_MODEL_PORT (3003 where that is free).
Secrets are made once and kept in the data folder unless set: SESSION_SECRET, VOTER_SECRET, ADMIN_TOKEN,
SIGNING_KEY (32 bytes in base64url: receipts and anchors are signed with it),
TEST_IDENTITY_SECRET (not in production): npm run identity -- NAME vouches for a verified voter by it.
Also: LOG_LEVEL, CORS_ORIGINS, URNA_CACHE_DIR (what is fetched once, default ~/.cache/urna).
Nothing is installed on the system.`

export interface Options {
  readonly port: number
  readonly dataDir: string
  readonly crowd: number
  /** Whether other devices may reach the gateway. */
  readonly lan: boolean
  /** Whether a saved file takes effect at once. */
  readonly dev: boolean
  readonly given: {
    databaseUrl?: string
    redisUrl?: string
    kafkaBrokers?: string
    talliesDatabaseUrl?: string
  }
  readonly ports: { postgres?: number; redis?: number; kafka?: number; tallies?: number }
  /** Null: any that is free. */
  readonly readModelPort: number | null
}

/** Null where only help was wanted, which it has then told. */
export function readOptions(args: string[], env: NodeJS.ProcessEnv, checkout: string): Options | null {
  const values = parse(args)
  if (values.help) {
    console.log(help)
    return null
  }
  const lan = values.lan ?? yesOrNo('LAN', env['LAN'])
  if (lan && values.dev === true) throw new Trouble('--dev serves this machine alone: leave out --lan.')
  const port = (name: string) => wholeNumber(name, env[name], 1, 65_535)
  const [postgres, redis, kafka] = [port('POSTGRES_PORT'), port('REDIS_PORT'), port('KAFKA_PORT')]
  const tallies = port('TALLIES_POSTGRES_PORT')
  const postgresAddress = (name: string) =>
    address(name, env, /^postgres(?:ql)?:\/\/./, 'postgres://user:password@host:5432/name')
  const databaseUrl = postgresAddress('DATABASE_URL')
  const talliesDatabaseUrl = postgresAddress('TALLIES_DATABASE_URL')
  const redisUrl = address('REDIS_URL', env, /^rediss?(?:-cluster)?:\/\/./, 'redis://host:6379')
  const kafkaBrokers = address(
    'KAFKA_BROKERS',
    env,
    /^[^\s:/,]+:\d+(?:,[^\s:/,]+:\d+)*$/,
    'host:9092,host:9092',
  )
  return {
    port: wholeNumber('--port', values.port ?? env['PORT'], 1, 65_535) ?? 3000,
    dataDir: resolve(values.data ?? (env['DATA_DIR'] || join(checkout, '.urna'))),
    crowd: wholeNumber('--crowd', values.crowd ?? env['CROWD'], 0, 100_000) ?? 0,
    lan,
    dev: values.dev === true,
    given: {
      ...(databaseUrl && { databaseUrl }),
      ...(redisUrl && { redisUrl }),
      ...(kafkaBrokers && { kafkaBrokers }),
      ...(talliesDatabaseUrl && { talliesDatabaseUrl }),
    },
    ports: {
      ...(postgres !== undefined && { postgres }),
      ...(redis !== undefined && { redis }),
      ...(kafka !== undefined && { kafka }),
      ...(tallies !== undefined && { tallies }),
    },
    readModelPort: port('READ_MODEL_PORT') ?? null,
  }
}

function parse(args: string[]) {
  try {
    const options = {
      port: { type: 'string' },
      data: { type: 'string' },
      crowd: { type: 'string' },
      lan: { type: 'boolean' },
      dev: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    } as const
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (positionals.length > 0) {
      throw new Trouble(
        `"${positionals.join(' ')}" is no option; npm passes options on after two dashes: npm start -- --port 8080`,
      )
    }
    return values
  } catch (fault) {
    if (fault instanceof Trouble) throw fault
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. See: npm start -- --help`)
  }
}

function yesOrNo(name: string, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === 'false') return false
  if (text === 'true') return true
  throw new Trouble(`${name} must be true or false, not "${text}".`)
}

/** The address of a service of one's own; a wrong one is told before anything is started. */
function address(name: string, env: NodeJS.ProcessEnv, form: RegExp, like: string): string | undefined {
  const text = env[name]
  if (text === undefined || text === '' || form.test(text)) return text
  throw new Trouble(`${name} must look like ${like}.`)
}

function wholeNumber(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined || text === '') return undefined
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new Trouble(`${name} must be a whole number from ${least} to ${most}, not "${text}".`)
}
