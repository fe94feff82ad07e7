/** Finds Java for Kafka, and fetches Kafka's jars once with Maven. */
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fillFolder, runTool, ToolFault } from '../child.ts'
import { Trouble } from '../trouble.ts'
import { findJava } from './java-program.ts'
import type { Program } from './program.ts'
import type { ServiceSetup } from './service.ts'

const pom = join(import.meta.dirname, 'kafka', 'pom.xml')

/** Where the jars of exactly this pom.xml lie, or will lie. */
export function kafkaLibDir(cacheDir: string): string {
  const hash = createHash('sha256').update(readFileSync(pom)).digest('hex').slice(0, 12)
  return join(cacheDir, `kafka-${hash}`)
}

export interface KafkaProgram {
  readonly java: string
  /** Where its jars lie. */
  readonly libDir: string
}

export async function findKafka(setup: ServiceSetup): Promise<KafkaProgram> {
  const libDir = kafkaLibDir(setup.cacheDir)
  const { java, maven } = await findJava(setup, !existsSync(libDir))
  if (maven !== null && !existsSync(libDir)) await fetchJars(libDir, maven, setup)
  return { java, libDir }
}

async function fetchJars(libDir: string, maven: Program, { now, signal }: ServiceSetup): Promise<void> {
  now('fetching its 93 jars (54 MB, once)')
  await fillFolder(libDir, async (draft) => {
    const aside = join(draft, 'pom.xml') // Maven writes beside its pom, and the checkout may be read-only
    copyFileSync(pom, aside)
    const repository = join(draft, '.m2') // what Maven fetches for itself is not wanted again
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${draft}`]
    const args = ['-q', '-B', '-f', aside, `-Dmaven.repo.local=${repository}`, ...goal]
    const env = { ...process.env, ...maven.env }
    await runTool({ command: maven.command, args, cwd: draft, env }, signal).catch((fault: unknown) => {
      const [, why] = (fault instanceof ToolFault && /\[ERROR\] (.+)/.exec(fault.output)) || []
      throw why === undefined ? fault : new Trouble(`Maven could not fetch it (${why.slice(0, 300)})`)
    })
    rmSync(repository, { recursive: true })
  })
}
