/** `npm run bench`: runs parts one after another, prints a table of figures, and writes them down. */
import { relative } from 'node:path'
import { listenForStop } from '../local/stop-signals.ts'
import { lineFor, Trouble } from '../local/trouble.ts'
import { bound } from './bound.part.ts'
import { burst } from './burst.part.ts'
import { door } from './door.part.ts'
import { part as fanOut } from './fan-out/fan-out.part.ts'
import { openBenchHouse } from './house.ts'
import { ingest } from './ingest.part.ts'
import { latency } from './latency.part.ts'
import { readAsked, type Asked } from './options.ts'
import { Dishonest, type Bench, type Figure, type Part } from './part.ts'
import { pipeline } from './pipeline.part.ts'
import { printTable } from './print-table.ts'
import { soak } from './soak.part.ts'
import { thisMachine, versionsHere, writeResults } from './results.ts'
import { versionsOf } from './versions-of.ts'

const parts: readonly Part[] = [door, pipeline, ingest, fanOut, latency, burst, bound, soak]
// 20 minutes that nobody expects who wants to know what a vote costs.
const onlyByName = ['soak']

const say = (line: string) => console.log(line)
const stopping = listenForStop(say)
const versions: Record<string, string> = versionsHere()
const settings: Record<string, string> = {}
const figures: Figure[] = []
const failed: string[] = []

try {
  const byDefault = parts.filter(({ name }) => !onlyByName.includes(name))
  const asked = readAsked(process.argv.slice(2), parts, byDefault)
  if (typeof asked === 'string') say(asked)
  else await runParts(asked)
} catch (fault) {
  console.error(stopping.aborted ? 'Stopped before the end.' : lineFor(fault))
  process.exitCode = stopping.aborted ? 130 : 1
}
// What a part left open must not keep a bench alive that is over.
process.exit()

async function runParts(asked: Asked): Promise<void> {
  const { cpu, cores, memoryGb, kernel } = thisMachine()
  say(`${cpu}, ${cores} cores, ${memoryGb} GB, Linux ${kernel}; Urna ${versions['urna'] ?? ''}`)
  for (const part of asked.parts) {
    const startedAt = Date.now()
    say(`\n${part.name}: ${part.says}`)
    try {
      figures.push(...(await part.run(benchFor(asked))))
      say(`${part.name} took ${((Date.now() - startedAt) / 1000).toFixed(0)} s`)
    } catch (fault) {
      if (stopping.aborted) break
      failed.push(part.name)
      const isExpected = fault instanceof Dishonest || fault instanceof Trouble
      console.error(`${part.name} FAILED: ${isExpected ? fault.message : lineFor(fault)}`)
    }
  }
  if (figures.length > 0) {
    const { results, file } = writeResults({ versions, settings, figures, isTrial: asked.seconds !== null })
    printTable(say, results.settings, figures)
    say(`\nWritten to ${relative(process.cwd(), file)}`)
  }
  stopping.throwIfAborted()
  if (failed.length > 0) throw new Trouble(`\nNo figures of ${failed.join(', ')}: see above.`)
}

function benchFor({ seconds, rounds, options }: Asked): Bench {
  return {
    ...{ say, rounds, options, signal: stopping },
    seconds: (otherwise) => seconds ?? otherwise,
    async openHouse(its = {}) {
      say('  services are started')
      const house = await openBenchHouse({ ...its, signal: stopping })
      Object.assign(versions, await versionsOf(house))
      return house
    },
    noteSettings: (read) => void Object.assign(settings, read),
  }
}
