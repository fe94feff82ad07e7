/** `npm run coverage`: runs the tests, measured, and says of each folder what they reached. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ended, startChild } from '../child.ts'
import { seconds } from '../report.ts'
import { listenForStop } from '../stop-signals.ts'
import { percent, type Share } from './figures.ts'
import { judge, type Verdict } from './judge.ts'
import { measuredInto, rawDirIn, screensDirIn } from './measured-run.ts'

const help = `Usage: npm run coverage -- [options] [what npm test takes]

  --keep      adds to what earlier runs measured; counts of files that were changed since are left out
  --report    runs nothing: judges what earlier runs measured
  --help      this text

Where the figures are is printed; what is not reached stands in coverage/gaps.txt. Ends with 1 where a test fails or
a folder is below its bar (local/coverage/bars.ts).`

const checkout = dirname(dirname(import.meta.dirname))
const own = new Set(['--keep', '--report', '--help'])
const args = process.argv.slice(2)
const into = measuredInto(checkout) ?? join(checkout, 'coverage')
if (args.includes('--help')) console.log(help)
else process.exitCode = await run()

async function run(): Promise<number> {
  const isReport = args.includes('--report')
  if (!isReport && !args.includes('--keep')) {
    rmSync(rawDirIn(into), { recursive: true, force: true })
    rmSync(screensDirIn(into), { recursive: true, force: true })
  }
  mkdirSync(rawDirIn(into), { recursive: true })
  const testsCode = isReport ? 0 : await runTests(args.filter((arg) => !own.has(arg)))
  const since = Date.now()
  const { verdicts, processes, changed } = await judge(checkout, rawDirIn(into), screensDirIn(into))
  const gaps = verdicts.flatMap((verdict) => verdict.gaps)
  writeFileSync(
    join(into, 'gaps.txt'),
    gaps.map(({ file, line, what }) => `${file}:${line} ${what}\n`).join(''),
  )
  console.log(`\n${'folder'.padEnd(22)} ${'lines'.padStart(22)} ${'branches'.padStart(22)}    least`)
  for (const verdict of verdicts) console.log(lineOf(verdict))
  console.log(`\n${processes} processes, judged in ${seconds(since)}; ${gaps.length} gaps: coverage/gaps.txt`)
  if (changed.length > 0)
    console.log(`Changed since they were measured, so partly left out: ${changed.join(', ')}`)
  const below = verdicts.filter(({ isReached }) => !isReached)
  console.log(
    below.length === 0
      ? 'coverage: every folder is reached as far as it must be'
      : `coverage: below its bar: ${below.map(({ bar }) => bar.folder).join(', ')}`,
  )
  return testsCode !== 0 ? testsCode : below.length === 0 ? 0 : 1
}

async function runTests(rest: readonly string[]): Promise<number> {
  const stopping = listenForStop(console.log)
  const env = { ...process.env, URNA_COVERAGE_DIR: into }
  const child = startChild(
    {
      command: process.execPath,
      args: [...process.execArgv, join(checkout, 'local', 'test.ts'), ...rest],
      cwd: checkout,
      env,
    },
    'inherit',
  )
  stopping.addEventListener('abort', () => child.kill('SIGTERM'), { once: true })
  return (await ended(child)).code ?? 1
}

function lineOf({ bar, lines, branches, isReached }: Verdict): string {
  const share = (share: Share) =>
    `${percent(share).toFixed(2)} % ${`${share.reached}/${share.all}`.padStart(12)}`.padStart(22)
  return `${bar.folder.padEnd(22)} ${share(lines)} ${share(branches)}    ${bar.percent} %${isReached ? '' : '  BELOW'}`
}
