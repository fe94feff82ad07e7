/** Reads what a measured run left, and judges it folder by folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EncodedSourceMap } from '@jridgewell/trace-mapping'
import { barFor, bars, type Bar } from './bars.ts'
import { add, figuresOf, percent, type Figures, type Gap } from './figures.ts'
import { partsOf } from './parts.ts'
import { addUp } from './raw-counts.ts'
import { countsOfSources } from './source-counts.ts'

export interface Verdict extends Figures {
  readonly bar: Bar
  readonly isReached: boolean
  readonly gaps: readonly Gap[]
}

export interface Judged {
  readonly verdicts: readonly Verdict[]
  readonly processes: number
  readonly changed: readonly string[]
}

/** `screensDir` holds the built screens that were served, with their source maps. */
export async function judge(checkout: string, rawDir: string, screensDir: string): Promise<Judged> {
  const bundles = readBundles(screensDir)
  const raw = addUp(rawDir, new Map([...bundles].map(([name, { text }]) => [name, text])))
  const inBrowser = new Map<string, Float64Array>()
  for (const [name, counts] of raw.ofBundles) {
    const bundle = bundles.get(name)
    if (bundle === undefined) continue
    for (const [source, its] of countsOfSources(bundle.text, counts, bundle.map)) {
      const file = fileIn(checkout, fileURLToPath(source))
      if (file !== null) inBrowser.set(file, addedUp(inBrowser.get(file), its))
    }
  }
  const sums = new Map<Bar, { figures: Figures; gaps: Gap[] }>()
  for (const file of ourFiles(checkout)) {
    const bar = barFor(file)
    if (bar === null) continue
    const text = readFileSync(join(checkout, file), 'utf8')
    const inNode = raw.ofFiles.get(join(checkout, file)) ?? new Float64Array(text.length)
    const counts = addedUp(inBrowser.get(file), inNode)
    const { gaps, ...figures } = figuresOf(file, await partsOf(join(checkout, file), text, counts))
    const sum = sums.get(bar) ?? { figures: { lines: nothing, branches: nothing }, gaps: [] }
    sum.figures = {
      lines: add(sum.figures.lines, figures.lines),
      branches: add(sum.figures.branches, figures.branches),
    }
    sum.gaps.push(...gaps)
    sums.set(bar, sum)
  }
  const verdicts = bars.flatMap((bar) => {
    const sum = sums.get(bar)
    if (sum === undefined) return []
    const { lines, branches } = sum.figures
    const isReached = Math.min(percent(lines), percent(branches)) >= bar.percent
    return [{ bar, lines, branches, isReached, gaps: sum.gaps }]
  })
  return {
    verdicts,
    processes: raw.processes,
    changed: [...raw.changed].map((file) => relative(checkout, file)),
  }
}

/** What ran of a file in Node lies in bytes, so it may be the longer one. */
const addedUp = (a: Float64Array | undefined, b: Float64Array): Float64Array =>
  b.map((count, i) => count + (a?.[i] ?? 0))

const nothing = { reached: 0, all: 0 } as const

function ourFiles(checkout: string): string[] {
  const folders = new Set(bars.map(({ folder }) => folder.split('/')[0] ?? folder))
  return [...folders].flatMap((folder) =>
    readdirSync(join(checkout, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(checkout, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .filter((file) => !file.includes('node_modules/')),
  )
}

function readBundles(screensDir: string) {
  const bundles = new Map<string, { path: string; text: string; map: EncodedSourceMap }>()
  if (!existsSync(screensDir)) return bundles
  for (const name of readdirSync(screensDir).filter((name) => name.endsWith('.js'))) {
    const path = join(screensDir, name)
    const map = JSON.parse(readFileSync(`${path}.map`, 'utf8')) as EncodedSourceMap
    bundles.set(name, { path, text: readFileSync(path, 'utf8'), map })
  }
  return bundles
}

function fileIn(checkout: string, path: string): string | null {
  const file = relative(checkout, resolve(path)).split(sep).join('/')
  return file.startsWith('..') || file.includes('node_modules/') ? null : file
}
