/** `npm test`: runs every test on real services of its own, and ends with one line that counts them. */
import { dirname, join } from 'node:path'
import { findChromium } from './chromium.ts'
import { ended, startChild } from './child.ts'
import { keepScreens, measuredEnvironment, measuredInto } from './coverage/measured-run.ts'
import { makeReport } from './report.ts'
import { buildScreens } from './screens.ts'
import { startServices, type Services } from './services.ts'
import { listenForStop } from './stop-signals.ts'
import { countTests, inOneLine } from './test-count.ts'
import { makeTempFolder, removeTempFolder } from './temp-folder.ts'
import { lineFor } from './trouble.ts'
import { unpackTool } from './unpacked-tool.ts'
import { migrate, readMigrations } from '../sql/migrate.pg.ts'

const checkout = dirname(import.meta.dirname)
const steps = ['Dependencies', 'Postgres', 'Redis', 'Kafka', 'Screens', 'Browser']

// The README's commands use the one, a house of containers the other; each with the package it comes in.
const smallTools = { curl: 'curl', ip: 'iproute2' }

const report = makeReport(steps, process.stdout)
const stopping = listenForStop(report.say)
let lastLine = '0 passed, 1 failed'
process.exitCode = 1
try {
  lastLine = await runTests()
} catch (fault) {
  report.say(stopping.aborted ? 'Stopped before the end.' : `The tests did not start. ${lineFor(fault)}`)
} finally {
  report.end()
  console.log(lastLine)
}

async function runTests(): Promise<string> {
  // Fresh data in a folder of its own: neither `npm start` nor another `npm test` is touched or met.
  const dataDir = makeTempFolder('urna-test-')
  await using open = new AsyncDisposableStack()
  open.defer(() => removeTempFolder(dataDir))
  const uiDir = join(dataDir, 'ui')
  const failed = new AbortController()
  const signal = AbortSignal.any([stopping, failed.signal])
  const giveUp = (fault: unknown) => {
    failed.abort(fault)
    throw fault
  }
  const tools = { chromium: null as string | null, folders: [] as string[] }
  const [services, ...others] = await Promise.allSettled([
    startServices({ dataDir, report, signal }).catch(giveUp),
    report.step('Screens', () => buildScreens(checkout, uiDir, signal)).catch(giveUp),
    report
      .step('Browser', async (now) => {
        for (const [tool, its] of Object.entries(smallTools)) {
          const folder = await unpackTool(tool, its, signal)
          if (folder !== null) tools.folders.push(folder)
        }
        tools.chromium = await findChromium({ say: report.say, now, signal })
        return tools.chromium ?? 'none, its tests are skipped'
      })
      .catch(giveUp),
  ])
  if (services.status === 'fulfilled') open.defer(() => services.value.stop())
  if (services.status === 'rejected' || others.some(({ status }) => status === 'rejected'))
    throw failed.signal.reason
  await migrate(services.value.databaseUrl, await readMigrations())
  const into = measuredInto(checkout)
  if (into !== null) keepScreens(into, uiDir)
  report.say('')
  return await runVitest(environment(services.value, uiDir, tools), join(dataDir, 'results.json'))
}

interface Tools {
  readonly chromium: string | null
  /** Where tools are that are not on the PATH. */
  readonly folders: readonly string[]
}

/** Where the tests find everything; without a Chromium its tests are skipped. */
function environment(services: Services, uiDir: string, { chromium, folders }: Tools): NodeJS.ProcessEnv {
  const { databaseUrl, redisUrl } = services
  const into = measuredInto(checkout)
  return {
    ...process.env,
    ...(into !== null && measuredEnvironment(into)),
    KAFKAJS_NO_PARTITIONER_WARNING: '1',
    URNA_TEST_DATABASE_URL: databaseUrl,
    URNA_TEST_REDIS_URL: redisUrl,
    URNA_TEST_UI_DIR: uiDir,
    PATH: [process.env['PATH'] ?? '', ...folders].join(':'),
    ...(chromium !== null && { CHROMIUM_PATH: chromium }),
  }
}

async function runVitest(env: NodeJS.ProcessEnv, results: string): Promise<string> {
  const vitest = join(checkout, 'node_modules', 'vitest', 'vitest.mjs')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
  const args = [
    '--disable-warning=TimeoutNegativeWarning',
    vitest,
    'run',
    ...reporters,
    ...process.argv.slice(2),
  ]
  const child = startChild({ command: process.execPath, args, cwd: checkout, env }, 'inherit')
  const stop = () => child.kill('SIGTERM')
  stopping.addEventListener('abort', stop, { once: true })
  const end = await ended(child)
  stopping.removeEventListener('abort', stop)
  killStragglers(child.pid)
  stopping.throwIfAborted()
  const count = countTests(results, end.code === 0, process.env['CI'] === 'true')
  for (const line of count.remarks) report.say(line)
  if (count.failed === 0) process.exitCode = 0
  return inOneLine(count)
}

/** The runner has a process group of its own: whatever a test left running in it ends here. */
function killStragglers(group: number | undefined): void {
  try {
    if (group !== undefined) process.kill(-group, 'SIGKILL')
  } catch {
    // nobody was left
  }
}
