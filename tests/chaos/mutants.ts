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
import type { ChaosOptions } from './options.ts'

const checkout = dirname(dirname(import.meta.dirname))
const folder = join(import.meta.dirname, 'mutants')

/** breaks: what is no longer done. edits: each `find` stands exactly once in its file. signs: one of them must show. */
const mutantShape = z.strictObject({
  breaks: z.string(),
  edits: z.array(z.strictObject({ file: z.string(), find: z.string(), put: z.string() })).min(1),
  faults: z.array(z.enum(faultKinds as readonly [FaultKind, ...FaultKind[]])).min(1),
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
  let isAllWell = true
  // What forgets is judged more mildly: it must not excuse the other faults.
  const faults = [...new Set(mutants.flatMap((mutant) => mutant.faults))]
  const forgets = (kind: FaultKind) => forgetting.includes(kind)
  for (const kinds of [faults.filter((kind) => !forgets(kind)), faults.filter(forgets)]) {
    if (kinds.length === 0) continue
    const { code, says } = await runOn(null, kinds, options, signal)
    if (code !== 0) isAllWell = false
    say(`${code === 0 ? 'clean   ' : 'DISAGREES'}  undamaged, under ${kinds.join(', ')}`)
    for (const line of says) say(`            ${line}`)
  }
  for (const mutant of mutants) {
    const { code, signs, says } = await runOn(mutant, mutant.faults, options, signal)
    const isCaught = code === 1 && signs.some((sign) => mutant.signs.includes(sign))
    if (!isCaught) isAllWell = false
    const how = `by ${mutant.faults.join(', ')}; signs: ${signs.join(', ') || 'none'} (ended with ${code})`
    say(`${isCaught ? 'caught  ' : 'SURVIVED'}  ${mutant.name}: ${mutant.breaks}; ${how}`)
    for (const line of says.slice(0, 2)) say(`            ${line.slice(0, 150)}`)
  }
  say(
    isAllWell
      ? `All ${mutants.length} mutants were caught, and what is not damaged is clean.`
      : 'Not every mutant was caught, or what is not damaged is not clean.',
  )
  return isAllWell
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
    const says = said.filter((line) => /^(?:DISAGREES|The run broke off|Too gentle)/.test(line))
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
