/** Brings the counts of a built file's characters home to the files that it was made of. */
import { eachMapping, sourceContentFor, TraceMap, type EncodedSourceMap } from '@jridgewell/trace-mapping'

/**
 * By the name that the map gives each source: how often each of its characters ran. A place that the map names has the
 * count of where it went; what lies between two such places runs with the one before it, as the text of a statement
 * does with its beginning. What the bundler left out comes home as never run.
 */
export function countsOfSources(
  bundle: string,
  counts: Float64Array,
  map: EncodedSourceMap,
): Map<string, Float64Array> {
  const trace = new TraceMap(map)
  const found = new Map<string, { text: string; lines: readonly number[]; at: Float64Array }>()
  const bundleLines = lineStarts(bundle)
  eachMapping(trace, ({ generatedLine, generatedColumn, source, originalLine, originalColumn }) => {
    if (source === null) return
    let its = found.get(source)
    if (its === undefined) {
      const text = sourceContentFor(trace, source) ?? ''
      its = { text, lines: lineStarts(text), at: new Float64Array(text.length).fill(notNamed) }
      found.set(source, its)
    }
    const count = counts[(bundleLines[generatedLine - 1] ?? 0) + generatedColumn] ?? 0
    const place = (its.lines[originalLine - 1] ?? 0) + originalColumn
    its.at[place] = Math.max(its.at[place] ?? 0, count)
  })
  for (const { text, at } of found.values()) fillGaps(text, at)
  return new Map([...found].map(([source, { at }]) => [source, at]))
}

const notNamed = -1

function fillGaps(text: string, at: Float64Array): void {
  let last = 0
  for (let i = 0; i < at.length; i++) {
    const count = at[i] ?? notNamed
    if (count !== notNamed) last = count
    // A bundler may drop the braces of a block: behind one runs what is in it, not what was before it.
    else at[i] = text[i - 1] === '{' ? nextNamed(at, i) : last
  }
}

function nextNamed(at: Float64Array, from: number): number {
  for (let i = from; i < at.length; i++) if (at[i] !== notNamed) return at[i] ?? 0
  return 0
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1)
  return starts
}
