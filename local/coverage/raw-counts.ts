/** Adds up how often each character of each of our files ran, over all processes of a measured run. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inflateRawSync } from 'node:zlib'
import type { Profiler } from 'node:inspector'

export type Script = Pick<Profiler.ScriptCoverage, 'url' | 'functions'>

export interface RawCounts {
  /** By path in the checkout. */
  readonly ofFiles: ReadonlyMap<string, Float64Array>
  /** By name of a built file of the screens. */
  readonly ofBundles: ReadonlyMap<string, Float64Array>
  readonly processes: number
  /** Files that were changed since they were measured: their older counts are left out. */
  readonly changed: ReadonlySet<string>
}

/** `bundles`: the built files of the screens that were served, by name. */
export function addUp(rawDir: string, bundles: ReadonlyMap<string, string>): RawCounts {
  const ofFiles = new Map<string, Float64Array>()
  const ofBundles = new Map<string, Float64Array>()
  const changed = new Set<string>()
  const names = readdirSync(rawDir).filter((name) => name.endsWith('.deflated'))
  const modified = remember((file: string) => statSync(file, { throwIfNoEntry: false }))
  for (const name of names) {
    const dump = join(rawDir, name)
    const scripts = JSON.parse(inflateRawSync(readFileSync(dump)).toString()) as Script[]
    const measuredAt = statSync(dump).mtimeMs
    for (const { url, functions } of scripts) {
      if (url.startsWith('http')) {
        const bundle = basename(new URL(url).pathname)
        const text = bundles.get(bundle)
        if (text !== undefined) addTo(ofBundles, bundle, text.length, functions)
        continue
      }
      const file = fileURLToPath(url.split('?', 1)[0] ?? '')
      const now = modified(file)
      if (now === undefined) continue
      if (now.mtimeMs > measuredAt) changed.add(file)
      // In bytes it is at least as long as in characters.
      else addTo(ofFiles, file, now.size, functions)
    }
  }
  return { ofFiles, ofBundles, processes: names.length, changed }
}

function addTo(
  sums: Map<string, Float64Array>,
  name: string,
  length: number,
  functions: Script['functions'],
) {
  const sum = sums.get(name) ?? new Float64Array(length)
  sums.set(name, sum)
  const counts = countsOf(functions, length)
  for (let i = 0; i < length; i++) sum[i] = (sum[i] ?? 0) + (counts[i] ?? 0)
}

/** The innermost range around a character has its count. */
export function countsOf(functions: Script['functions'], length: number): Uint32Array {
  const counts = new Uint32Array(length)
  const ranges = functions.flatMap(({ ranges }) => ranges)
  ranges.sort((a, b) => b.endOffset - b.startOffset - (a.endOffset - a.startOffset))
  for (const { startOffset, endOffset, count } of ranges) counts.fill(count, startOffset, endOffset)
  return counts
}

function remember<T>(ask: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>()
  return (name) => {
    const answer = known.get(name) ?? ask(name)
    known.set(name, answer)
    return answer
  }
}
