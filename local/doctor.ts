/** `npm run doctor`: says what is here, what is missing, and which command mends it; changes nothing. */
import { spawnSync } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import { freemem } from 'node:os'
import { dirname } from 'node:path'
import { lookForChromium } from './chromium.ts'
import { runsOn } from './data-folder.ts'
import { folderSize } from './folder-size.ts'
import { missingPackages } from './install.mjs'
import { nearestFolder } from './nearest-folder.ts'
import { readOptions, type Options } from './options.ts'
import { fitToPlatform } from './platform.ts'
import { holderInWords } from './port-holder.ts'
import { isFree } from './ports.ts'
import { readReadyFile } from './ready-file.ts'
import { cacheFolder } from './services.ts'
import { isDebian } from './services/debian.ts'
import { lookForJava } from './services/java-program.ts'
import { kafkaLibDir } from './services/kafka-program.ts'
import { lookForRedis } from './services/redis-program.ts'
import { lineFor } from './trouble.ts'

/** `later`: not here, and it comes by itself; `lacking`: npm start works without it; `missing`: it does not. */
export type State = 'ok' | 'runs' | 'later' | 'lacking' | 'missing'

export interface Finding {
  readonly what: string
  readonly state: State
  readonly found: string
  /** What mends it. */
  readonly mend?: string
}

export async function examine(options: Options, checkout: string): Promise<Finding[]> {
  // What was killed outright leaves its ready file: only the lock tells who lives.
  const ready = runsOn(options.dataDir) === null ? null : readReadyFile(options.dataDir)
  return [
    machine(options),
    packages(checkout),
    redis(options),
    ...kafka(options),
    curl(),
    chromium(),
    memory(),
    ...disks(options),
    ...(ready === null ? await Promise.all(ports(options)) : []),
    ready === null
      ? { what: 'Urna', state: 'ok', found: `not running on ${options.dataDir}` }
      : { what: 'Urna', state: 'runs', found: `at ${ready.gatewayUrl}` },
    ...kept(options),
  ]
}

function machine({ given }: Options): Finding {
  const found = `${process.platform}-${process.arch}, Node ${process.versions.node}`
  try {
    fitToPlatform(given)
    return { what: 'Machine', state: 'ok', found }
  } catch (fault) {
    return { what: 'Machine', state: 'missing', found, mend: lineFor(fault) }
  }
}

function packages(checkout: string): Finding {
  const missing = missingPackages(checkout).length
  return missing === 0
    ? { what: 'Packages', state: 'ok', found: 'as package-lock.json says' }
    : { what: 'Packages', state: 'later', found: `${missing} to bring`, mend: 'npm start' }
}

function redis({ given }: Options): Finding {
  const what = 'Redis'
  if (given.redisUrl !== undefined) return { what, state: 'ok', found: 'yours, by REDIS_URL' }
  const program = lookForRedis(cacheFolder())
  if (program !== null) return { what, state: 'ok', found: program.command }
  return isDebian()
    ? { what, state: 'later', found: "none yet: Debian's, 2 MB", mend: 'npm start' }
    : { what, state: 'missing', found: 'none', mend: 'install redis-server (6.2 or newer), or set REDIS_URL' }
}

function kafka({ given }: Options): Finding[] {
  if (given.kafkaBrokers !== undefined)
    return [{ what: 'Kafka', state: 'ok', found: 'yours, by KAFKA_BROKERS' }]
  const { java, maven } = lookForJava(cacheFolder())
  const libDir = kafkaLibDir(cacheFolder())
  const hasJars = existsSync(libDir)
  const [debians, byHand] = [isDebian(), 'install openjdk-17-jre-headless and maven, or set KAFKA_BROKERS']
  const absent = (what: string, size: string): Finding =>
    debians
      ? { what, state: 'later', found: `none yet: ${size}`, mend: 'npm start' }
      : { what, state: 'lacking', found: 'none: events wait in Postgres', mend: byHand }
  const isComplete = java !== undefined && (hasJars || maven != null)
  return [
    isComplete ? { what: 'Java', state: 'ok', found: java } : absent('Java', "Debian's, with Maven 63 MB"),
    hasJars ? { what: 'Kafka', state: 'ok', found: libDir } : absent('Kafka', 'from Maven, 54 MB'),
  ]
}

function curl(): Finding {
  const { status, stdout } = spawnSync('curl', ['--version'], { encoding: 'utf8' })
  return status === 0
    ? { what: 'curl', state: 'ok', found: stdout.split(' ').slice(0, 2).join(' ') }
    : {
        what: 'curl',
        state: 'lacking',
        found: "none: the README's commands use it",
        mend: 'apt install curl',
      }
}

function chromium(): Finding {
  const found = lookForChromium()
  if (found !== null) return { what: 'Chromium', state: 'ok', found }
  return isDebian()
    ? { what: 'Chromium', state: 'later', found: "none yet: Debian's, 195 MB", mend: 'npm test' }
    : {
        what: 'Chromium',
        state: 'lacking',
        found: 'none: npm test skips the browser',
        mend: 'install chromium',
      }
}

const gigabyte = 1024 ** 3
// 0.8 GB for all of it, and what a browser beside it takes.
const leastMemory = 1.2 * gigabyte

function memory(): Finding {
  const free = process.availableMemory?.() ?? freemem()
  const found = `${(free / gigabyte).toFixed(1)} GB to be had`
  return free >= leastMemory
    ? { what: 'Memory', state: 'ok', found }
    : { what: 'Memory', state: 'lacking', found, mend: 'end some programs: all of Urna takes about 1 GB' }
}

function disks({ dataDir }: Options): Finding[] {
  const named = { 'Disk of data': dataDir, 'Disk of cache': cacheFolder() }
  return Object.entries(named).map(([what, folder]) => {
    const { bavail, bsize } = statfsSync(nearestFolder(folder))
    const found = `${((bavail * bsize) / gigabyte).toFixed(1)} GB free at ${folder}`
    return bavail * bsize >= gigabyte
      ? { what, state: 'ok', found }
      : { what, state: 'missing', found, mend: 'make room, or choose with --data and URNA_CACHE_DIR' }
  })
}

function ports({ port }: Options): Promise<Finding>[] {
  return [
    [port, 'missing', 'stop it, or npm start -- --port PORT'] as const,
    [3003, 'lacking', 'nothing to do: the read model takes another'] as const,
  ].map(async ([port, state, mend]): Promise<Finding> => {
    const what = `Port ${port}`
    if (await isFree(port)) return { what, state: 'ok', found: 'free' }
    return { what, state, found: `taken ${holderInWords(port)}`, mend }
  })
}

function kept({ dataDir }: Options): Finding[] {
  if (!existsSync(dataDir)) return []
  const megabytes = Math.ceil(folderSize(dataDir) / 1024 ** 2)
  return [{ what: 'Data', state: 'ok', found: `${megabytes} MB in ${dataDir} (npm run reset deletes it)` }]
}

const words: Record<State, string> = {
  ok: 'ok',
  runs: 'runs',
  later: 'comes',
  lacking: 'lacking',
  missing: 'MISSING',
}

export function inLines(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ what }) => what.length))
  const lines = findings.map(
    ({ what, state, found, mend }) =>
      `${words[state].padEnd(8)} ${what.padEnd(width)}  ${found}${mend === undefined ? '' : `  ->  ${mend}`}`,
  )
  if (findings.some(({ state }) => state === 'runs')) return [...lines, '', 'Urna runs already.'].join('\n')
  const verdict = findings.some(({ state }) => state === 'missing')
    ? 'npm start cannot work until what is MISSING is mended.'
    : 'npm start will work.'
  return [...lines, '', verdict].join('\n')
}

if (import.meta.main) {
  const checkout = dirname(import.meta.dirname)
  try {
    const options = readOptions(process.argv.slice(2), process.env, checkout)
    if (options !== null) {
      const findings = await examine(options, checkout)
      console.log(inLines(findings))
      if (findings.some(({ state }) => state === 'missing')) process.exitCode = 1
    }
  } catch (fault) {
    console.error(lineFor(fault))
    process.exitCode = 1
  }
}
