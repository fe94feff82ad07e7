/** Finds Java and Maven: the system's, else Debian's packages, unpacked into the cache and not installed. */
import { spawnSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Trouble } from '../trouble.ts'
import { isDebian, unpackPackages } from './debian.ts'
import { writeJavaTrust } from './java-trust.ts'
import type { Program } from './program.ts'
import type { ServiceSetup } from './service.ts'

export interface JavaTools {
  readonly java: string
  /** Its environment goes besides ours. */
  readonly maven: Program | null
}

const packages = ['openjdk-17-jre-headless', 'maven']
const oldestJava = 17 // Kafka 4's own floor
const advice = `install ${packages.join(' and ')}, or set KAFKA_BROKERS to a Kafka of yours`

/** What is here already; Maven is wanted only once, to fetch the jars. */
export function lookForJava(cacheDir: string): Partial<JavaTools> {
  const unpacked = globSync(`usr/lib/jvm/java-*-openjdk-*`, { cwd: unpackedFolder(cacheDir) })
  const homes = [process.env['JAVA_HOME'], ...unpacked.map((home) => join(unpackedFolder(cacheDir), home))]
  const java = [...homes.map((home) => home && join(home, 'bin', 'java')), 'java'].find(isJava)
  if (java === undefined) return {}
  const home = java.endsWith('/bin/java') ? { JAVA_HOME: join(java, '../..') } : {}
  const mavens = [join(unpackedFolder(cacheDir), 'usr/share/maven/bin/mvn'), 'mvn']
  const maven = mavens.map((command) => ({ command, env: home })).find(isMaven)
  return { java, maven: maven ?? null }
}

/** Java, and Maven too if `withMaven`; brings what is missing. */
export async function findJava(setup: ServiceSetup, withMaven: boolean): Promise<JavaTools> {
  const { cacheDir, now, say, signal } = setup
  const isEnough = ({ java, maven }: Partial<JavaTools>) =>
    java !== undefined && (maven !== null || !withMaven)
  let found = lookForJava(cacheDir)
  if (!isEnough(found) && isDebian()) {
    say(`Kafka needs Java ${oldestJava} and Maven: fetching Debian's into the cache (63 MB, once)`)
    now("fetching Debian's Java and Maven")
    try {
      await unpackPackages(unpackedFolder(cacheDir), packages, signal, makeTrust)
    } catch (fault) {
      signal.throwIfAborted()
      const why = fault instanceof Error ? fault.message : String(fault)
      throw new Trouble(`Java ${oldestJava} is missing and Debian's could not be fetched (${why}): ${advice}`)
    }
    found = lookForJava(cacheDir)
  }
  const { java, maven = null } = found
  if (java === undefined) throw new Trouble(`Java ${oldestJava} is missing: ${advice}`)
  if (maven === null && withMaven) throw new Trouble(`Maven is missing: ${advice}`)
  return { java, maven }
}

function unpackedFolder(cacheDir: string): string {
  return join(cacheDir, `java-debian-${process.arch}`)
}

/** Debian's Java looks for a trust store that only the installation of another package makes. */
function makeTrust(root: string): void {
  for (const file of globSync('usr/lib/jvm/java-*-openjdk-*/lib/security/cacerts', { cwd: root })) {
    rmSync(join(root, file))
    writeJavaTrust(join(root, file))
  }
}

function isJava(command: string | undefined): command is string {
  if (!command) return false
  const { stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' })
  return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0) >= oldestJava
}

function isMaven({ command, env }: Program): boolean {
  return spawnSync(command, ['-v'], { stdio: 'ignore', env: { ...process.env, ...env } }).status === 0
}
