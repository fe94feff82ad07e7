/** Postgres from its npm package, each server with a password of its own, on loopback only. */
import { randomBytes } from 'node:crypto'
import { appendFileSync, chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { fillFolder, runTool, type Launch } from '../child.ts'
import { manage } from '../managed.ts'
import { Trouble } from '../trouble.ts'
import { choosePostgresPlace, type PostgresPlace } from './postgres-place.ts'
import { waitForOldPostgres } from './postgres-leftovers.ts'
import { startOnPorts, type Service, type ServiceSetup } from './service.ts'

const user = 'urna'
const database = 'urna'

/** One of the servers: its name is that of its data, its log and its port. */
interface Server {
  readonly name: string
  readonly title: string
  readonly portSetting: string
  readonly settings: Readonly<Record<string, string>>
}

export const startPostgres = (setup: ServiceSetup): Promise<Service> => startServer(setup, mainServer)

/** The read model's: small, and apart, so that it answers while the main one is down. */
export const startTallies = (setup: ServiceSetup): Promise<Service> => startServer(setup, talliesServer)

async function startServer(setup: ServiceSetup, server: Server): Promise<Service> {
  const place = choosePostgresPlace(setup, server.name)
  if (!existsSync(place.dataFolder)) setup.now('creating the database')
  const password = await createCluster(place, setup, server.name)
  writeChangeable(place.dataFolder)
  const launch = (port: number) => async (): Promise<Launch> => {
    await waitForOldPostgres(place.dataFolder)
    return {
      command: join(place.binFolder, 'postgres'),
      args: [
        '-D',
        place.dataFolder,
        ...settings({ ...server.settings, listen_addresses: '127.0.0.1', port: String(port) }),
      ],
      env: bareEnv,
      cwd: '/',
      ...place.runAs,
    }
  }
  const url = (port: number, db: string) => `postgres://${user}:${password}@127.0.0.1:${port}/${db}`
  setup.now('starting')
  const { managed, port } = await startOnPorts(
    setup,
    { names: [server.name], setting: server.portSetting },
    (port) =>
      manage({
        name: server.title,
        logFile: join(setup.logDir, `${server.name}.log`),
        launch: launch(port),
        probe: () => query(url(port, 'postgres'), 'select 1').then(() => undefined),
        readyWithinMs: 60_000, // after a crash the log is replayed first
        stopSignal: 'SIGINT', // "fast": ends sessions, writes a checkpoint; SIGTERM would wait for every client
        stopWithinMs: 20_000,
      }),
  )
  const found = await query(url(port, 'postgres'), `select from pg_database where datname = '${database}'`)
  if (found === 0) await query(url(port, 'postgres'), `create database ${database}`)
  return { url: url(port, database), managed }
}

// Room for the index of votes: its pages are hit at random, and one that is not here costs more than the vote itself.
// Memory is taken as pages are touched: a small database takes little, whatever stands here.
const buffersMb = Math.max(128, Math.min(2_048, Math.floor(totalmem() / 4 / 1_048_576)))

const mainServer: Server = {
  ...{ name: 'postgres', title: 'Postgres', portSetting: 'POSTGRES_PORT' },
  settings: { shared_buffers: `${buffersMb}MB`, max_connections: '200' },
}

// One writer, few readers, and counts that fit into a few pages.
const talliesServer: Server = {
  ...{ name: 'tallies-postgres', title: 'Read model', portSetting: 'TALLIES_POSTGRES_PORT' },
  settings: {
    ...{ shared_buffers: '32MB', max_connections: '30', max_wal_senders: '0', wal_level: 'minimal' },
    ...{ max_worker_processes: '2', max_logical_replication_workers: '0', autovacuum_max_workers: '1' },
  },
}

// Everything about safety (fsync, full_page_writes, synchronous_commit) stays at its default, which is the safe one.
function settings(own: Record<string, string>): string[] {
  const all = {
    jit: 'off', // no statement of ours computes long enough
    unix_socket_directories: '', // loopback and password only
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...own,
  }
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

// What a running server can be told to change (`alter system`), so it goes into its file and not on its command line.
// After each checkpoint every page that is touched goes into the log whole: seldom is cheap, and costs disk (at most
// this much, and only under load) and some seconds of replay after a crash.
const changeable = `
# Urna's
max_wal_size = '4GB'
checkpoint_timeout = '15min'
`

function writeChangeable(dataFolder: string): void {
  const file = join(dataFolder, 'postgresql.conf')
  if (!readFileSync(file, 'utf8').includes(changeable)) appendFileSync(file, changeable)
}

const bareEnv = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }

/** initdb, once, into a folder aside: an interrupted first start leaves nothing that looks like a database. */
async function createCluster(
  place: PostgresPlace,
  { dataDir, signal }: ServiceSetup,
  name: string,
): Promise<string> {
  const passwordFile = join(dataDir, `${name}.password`)
  const { dataFolder, runAs } = place
  if (existsSync(dataFolder)) {
    const version = readFileSync(join(dataFolder, 'PG_VERSION'), 'utf8').trim()
    if (version !== '18') {
      throw new Trouble(
        `${dataFolder} was made by Postgres ${version}, this is Postgres 18: choose another data folder.`,
      )
    }
    const { uid } = statSync(dataFolder)
    if (uid !== (runAs.uid ?? process.getuid?.())) {
      throw new Trouble(
        `${dataFolder} belongs to user id ${uid}: start as who made it, or choose another with --data.`,
      )
    }
    if (!existsSync(passwordFile)) {
      throw new Trouble(
        `${passwordFile} is missing, so ${dataFolder} cannot be opened: put it back or remove the folder.`,
      )
    }
    return readFileSync(passwordFile, 'utf8').trim()
  }
  const password = randomBytes(24).toString('base64url')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  await fillFolder(dataFolder, async (draft) => {
    if (runAs.uid !== undefined) chownSync(draft, runAs.uid, runAs.uid)
    const handedOver = `${draft}.password` // initdb, which runs as somebody else, must be able to read it
    writeFileSync(handedOver, `${password}\n`, { mode: 0o600 })
    try {
      if (runAs.uid !== undefined) chownSync(handedOver, runAs.uid, runAs.uid)
      const args = [
        '-D',
        draft,
        '-U',
        user,
        `--pwfile=${handedOver}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
      ]
      args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C')
      const command = join(place.binFolder, 'initdb')
      await runTool({ command, args, env: bareEnv, cwd: '/', ...runAs }, signal)
    } finally {
      rmSync(handedOver, { force: true })
    }
  })
  return password
}

async function query(connectionString: string, sql: string): Promise<number> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000, query_timeout: 10_000 })
  client.on('error', () => undefined) // a connection that breaks while it closes is of no interest
  try {
    await client.connect()
    return (await client.query(sql)).rowCount ?? 0
  } finally {
    await client.end().catch(() => undefined)
  }
}
