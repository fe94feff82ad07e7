/** Finds Java, and fetches Kafka's jars once with Maven. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fillFolder, runTool, ToolFault } from '../child.ts'
import { Trouble } from '../trouble.ts'
import { installPackages, mayInstallPackages } from './debian.ts'
import type { ServiceSetup } from './service.ts'

const pom = join(import.meta.dirname, 'kafka', 'pom.xml')
const packages = ['openjdk-17-jre-headless', 'maven']
const oldestJava = 17 // Kafka 4's own floor

/** Where the jars of exactly this pom.xml lie, or will lie. */
export function kafkaLibDir(cacheDir: string): string {
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12)
  return join(cacheDir, `kafka-${hash}`)
}

export async function findJava({ cacheDir, now, say, signal }: ServiceSetup): Promise<string> {
  let found = java()
  const isComplete = found !== null && (existsSync(kafkaLibDir(cacheDir)) || hasMaven())
  if (!isComplete && mayInstallPackages()) {
    say(`Kafka needs Java 17 and Maven: installing Debian's ${packages.join(' and ')} (about 300 MB, once)`)
    now('installing Java and Maven')
    await installPackages(packages, signal)
    found = java()
  }
  if (found === null) throw new Trouble(`Java ${oldestJava} is missing (install ${packages.join(' and ')})`)
  return found
}

export async function fetchKafka({ cacheDir, now, signal }: ServiceSetup): Promise<string> {
  const libDir = kafkaLibDir(cacheDir)
  if (existsSync(libDir)) return libDir
  if (!hasMaven()) throw new Trouble(`Maven is missing (install maven)`)
  now('fetching its 93 jars (54 MB, once)')
  await fillFolder(libDir, async (draft) => {
    const aside = join(draft, 'pom.xml') // Maven writes beside its pom, and the checkout may be read-only
    copyFileSync(pom, aside)
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`]
    const args = ['-q', '-B', '-f', aside, ...goal]
    await runTool({ command: 'mvn', args, cwd: draft }, signal).catch((fault: unknown) => {
      const [, why] = (fault instanceof ToolFault && /\[ERROR\] (.+)/.exec(fault.output)) || []
      throw why === undefined ? fault : new Trouble(`Maven could not fetch it (${why.slice(0, 300)})`)
    })
  })
  return libDir
}

function java(): string | null {
  const home = process.env['JAVA_HOME']
  const candidates = [...(home === undefined ? [] : [join(home, 'bin', 'java')]), 'java']
  const serves = (command: string) => {
    const { stderr } = spawnSync(command, ['-version'], { encoding: 'utf8' })
    return Number(/version "(\d+)/.exec(stderr ?? '')?.[1] ?? 0) >= oldestJava
  }
  return candidates.find(serves) ?? null
}

function hasMaven(): boolean {
  return spawnSync('mvn', ['-v'], { stdio: 'ignore' }).status === 0
}
