/** Damages copies of the checkout, one fault of ours each, and runs the fault that shows it: none may survive. */
import { execFileSync } from 'node:child_process'
import {
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { ended, startChild } from '../../local/child.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { faultKinds, forgetting, type FaultKind } from './draw-faults.ts'
import { faultText } from './fault-text.ts'
import { spareRoles, type ChaosOptions } from './options.ts'

const checkout = dirname(dirname(import.meta.dirname))
const folder = join(import.meta.dirname, 'mutants')

/**
 * breaks: what is no longer done. edits: each `find` stands exactly once in its file. signs: one of them must show. without:
 * roles that would mend what is broken before anybody can see it. */
const mutantShape = z.strictObject({
  breaks: z.string(),
  edits: z.array(z.strictObject({ file: z.string(), find: z.string(), put: z.string() })).min(1),
  faults: z.array(z.enum(faultKinds as readonly [FaultKind, ...FaultKind[]])).min(1),
  without: z.array(z.enum(spareRoles)).optional(),
  signs: z.array(z.string()).min(1),
})
type Mutant = z.infer<typeof mutantShape> & { readonly name: string }

export function readMutants(): Mutant[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      ...mutantShape.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
      name: file.replace('.json', ''),
    }))
}

/** The text of the file with the edit made; throws where it does not apply any more. */
export function damage(text: string, { file, find, put }: Mutant['edits'][number]): string {
  const times = text.split(find).length - 1
  if (times !== 1) throw new Error(`${file} has ${times} places that read\n${find}\nand there must be one`)
  return text.replace(find, () => put)
}

/** Answers whether each mutant was caught by its signs, and the same faults do no harm to what is not damaged. */
export async function runMutants(
  options: ChaosOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const mutants = readMutants().filter(({ name }) => options.mutant === null || options.mutant === name)
  if (mutants.length === 0) throw new Error(`there is no mutant ${options.mutant ?? ''}`)
  // Before anything runs: one that does not apply is a fault of the list, and takes no time to find.
  for (const { name, edits } of mutants) {
    for (const edit of edits) {
      try {
        damage(readFileSync(join(checkout, edit.file), 'utf8'), edit)
      } catch (fault) {
        throw new Error(`the mutant ${name} does not apply`, { cause: fault })
      }
    }
  }
  const startedAt = Date.now()
  const lines: MutantLine[] = []
  const tell = (line: MutantLine, says: readonly string[]) => {
    lines.push(line)
    say(inOneLine(line))
    for (const more of says.slice(0, 3)) say(`            ${more.slice(0, 200)}`)
  }
  // What forgets is judged more mildly: it must not excuse the other faults.
  const faults = [...new Set(mutants.flatMap((mutant) => mutant.faults))]
  const forgets = (kind: FaultKind) => forgetting.includes(kind)
  for (const kinds of [faults.filter((kind) => !forgets(kind)), faults.filter(forgets)]) {
    if (kinds.length === 0) continue
    const { end, tookS } = await runTwiceAtMost(null, kinds, options, signal)
    const is = howItEnds(end, null)
    tell({ name: `undamaged, under ${kinds.join(', ')}`, is, signs: end.signs, tookS }, end.says)
  }
  for (const mutant of mutants) {
    const { end, tookS } = await runTwiceAtMost(mutant, mutant.faults, options, signal)
    tell({ name: mutant.name, is: howItEnds(end, mutant.signs), signs: end.signs, tookS }, end.says)
  }
  const isAllWell = lines.every(({ is }) => is === 'caught' || is === 'clean')
  say('')
  for (const line of lines) say(inOneLine(line))
  say(`in all ${Math.round((Date.now() - startedAt) / 1_000)} s`)
  say(
    isAllWell
      ? `All ${mutants.length} mutants were caught, and what is not damaged is clean.`
      : 'Not every mutant was caught, or what is not damaged is not clean.',
  )
  return isAllWell
}

type HowItEnds = 'clean' | 'disagrees' | 'caught' | 'survived' | 'broke off'

interface MutantLine {
  readonly name: string
  readonly is: HowItEnds
  readonly signs: readonly string[]
  readonly tookS: number
}

const inOneLine = ({ name, is, signs, tookS }: MutantLine): string =>
  `${is.padEnd(10)}  ${name.padEnd(32)}  ${(signs.join(', ') || 'no sign').padEnd(28)}  ${String(tookS).padStart(4)} s`

/**
 * A mutant is judged by its own signs alone: another sign, or none, and it has survived. A run that broke off, or in
 * which under half of the faults met votes, says neither. `signs`: null of what is not damaged.
 */
export function howItEnds(
  { code, signs }: Pick<RunEnd, 'code' | 'signs'>,
  expected: readonly string[] | null,
): HowItEnds {
  if (expected !== null && code === 1 && signs.some((sign) => expected.includes(sign))) return 'caught'
  if (code === 0) return expected === null ? 'clean' : 'survived'
  if (code === 1) return expected === null ? 'disagrees' : 'survived'
  return 'broke off'
}

/** What broke off says nothing: it is run once more, from another seed. */
async function runTwiceAtMost(
  mutant: Mutant | null,
  faults: readonly FaultKind[],
  options: ChaosOptions,
  signal: AbortSignal,
): Promise<{ readonly end: RunEnd; readonly tookS: number }> {
  const startedAt = Date.now()
  const onceFrom = (seed: number) =>
    runOn(mutant, faults, { ...options, seed }, signal).catch((fault: unknown): RunEnd => {
      signal.throwIfAborted()
      return { code: null, signs: [], says: [faultText(fault)] }
    })
  const first = await onceFrom(options.seed)
  const isTold = howItEnds(first, mutant?.signs ?? null) !== 'broke off'
  const end = isTold ? first : await onceFrom(options.seed + 1)
  return { end, tookS: Math.round((Date.now() - startedAt) / 1_000) }
}

interface RunEnd {
  readonly code: number | null
  readonly signs: readonly string[]
  readonly says: readonly string[]
}

/** Runs the faults of a mutant on a copy of the checkout; null = an undamaged one. */
async function runOn(
  mutant: Mutant | null,
  faults: readonly FaultKind[],
  options: ChaosOptions,
  signal: AbortSignal,
): Promise<RunEnd> {
  const place = makeTempFolder('urna-mutant-')
  try {
    copyCheckout(place)
    for (const edit of mutant?.edits ?? []) {
      const file = join(place, edit.file)
      writeFileSync(file, damage(readFileSync(file, 'utf8'), edit))
    }
    const args = ['--disable-warning=TimeoutNegativeWarning', join(place, 'tests/chaos/main.ts')]
    args.push('--kafka-nodes', '1', '--seed', String(options.seed), '--rate', String(options.rate))
    args.push('--faults', String(Math.max(2, faults.length)), '--only', faults.join(','))
    args.push('--evidence', join(place, 'evidence'))
    if (mutant?.without !== undefined) args.push('--without', mutant.without.join(','))
    const log = join(place, 'run.log')
    const output = openSync(log, 'a')
    const child = startChild({ command: process.execPath, args, cwd: place }, output)
    closeSync(output)
    const stop = () => child.kill('SIGTERM')
    signal.addEventListener('abort', stop, { once: true })
    const { code } = await ended(child)
    signal.removeEventListener('abort', stop)
    signal.throwIfAborted()
    const said = readFileSync(log, 'utf8').split('\n')
    const says = said.filter((line) =>
      /^(?:DISAGREES|The run broke off|Too gentle|\s+#\d+: did not happen)/.test(line),
    )
    const signs = says.flatMap((line) => /^DISAGREES \(([a-z-]+)\)/.exec(line)?.[1] ?? [])
    for (const kept of said.flatMap((line) => /^The evidence is kept in (.+)$/.exec(line)?.[1] ?? []))
      removeTempFolder(kept)
    return { code, signs: [...new Set(signs)], says }
  } finally {
    removeTempFolder(place)
  }
}

/** What git knows and what is not yet known to it, without what is ignored; the packages are shared. */
function copyCheckout(place: string): void {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
  })
  for (const file of list.split('\0').filter((name) => name !== '' && name !== 'node_modules')) {
    const target = join(place, file)
    mkdirSync(dirname(target), { recursive: true })
    cpSync(join(checkout, file), target)
  }
  symlinkSync(join(checkout, 'node_modules'), join(place, 'node_modules'))
}
