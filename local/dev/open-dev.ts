/** What `npm run dev` adds to a system that stands: a saved file takes effect, in the browser or in its process. */
import { seconds } from '../report.ts'
import { EndedEarly } from '../managed.ts'
import type { Supervised } from '../supervise.ts'
import { lineFor } from '../trouble.ts'
import { openDevScreens, type DevScreensSetup } from './dev-screens.ts'
import { runMigrations } from './run-migrations.pg.ts'
import { watchFolders } from './watch-folders.ts'
import { watchedFolders, whatFollows, type ProcessName } from './whose-file.ts'
import { whereItBroke } from './where-it-broke.ts'

export interface DevSetup extends Omit<DevScreensSetup, 'gatewaySettled'> {
  readonly databases: Parameters<typeof runMigrations>[0]
  readonly processes: Readonly<Partial<Record<ProcessName, Supervised>>>
}

export async function openDev(setup: DevSetup): Promise<AsyncDisposable> {
  const { checkout, say } = setup
  let gatewayWork: Promise<void> = Promise.resolve()
  let lastRun: Promise<unknown> = Promise.resolve()
  await using stack = new AsyncDisposableStack()
  stack.use(await openDevScreens({ ...setup, gatewaySettled }))

  async function gatewaySettled(): Promise<void> {
    for (let seen; seen !== gatewayWork;) await (seen = gatewayWork)
  }

  async function renew(name: ProcessName, process: Supervised, why: string): Promise<void> {
    const since = Date.now()
    try {
      if (await process.renew()) say(`${why}: ${name} up again after ${seconds(since)}`)
    } catch (fault) {
      const place = fault instanceof EndedEarly ? whereItBroke(fault.said, checkout) : null
      say(
        `${why}: ${name} does not start. ${place ?? lineFor(fault)}\n  It is tried again when a file of it is saved.`,
      )
    }
  }

  function react(files: string[]): void {
    const follows = files.map((file) => ({ file, ...whatFollows(file) }))
    for (const { file } of follows.filter(({ isOurs }) => isOurs))
      say(`${file} is part of npm run dev itself: it takes effect when you start that again.`)
    const migrations = follows.filter(({ isMigration }) => isMigration).map(({ file }) => file)
    const applied = migrations.length === 0 ? Promise.resolve([]) : runInTurn(migrations)
    for (const [name, process] of Object.entries(setup.processes) as [ProcessName, Supervised][]) {
      const its = follows.filter(({ renew }) => renew.includes(name))
      if (its.length === 0) continue
      const work = applied.then(async (done) => {
        // A migration that cannot be applied would keep everybody from starting; one that was applied changes nobody.
        if (done === null) return
        const reasons = its.filter(({ file, isMigration }) => !isMigration || done.includes(file))
        if (reasons.length > 0) await renew(name, process, inShort(reasons.map(({ file }) => file)))
      })
      if (name === 'gateway') gatewayWork = work
    }
  }
  function runInTurn(migrations: readonly string[]): Promise<string[] | null> {
    const run = lastRun.then(() => runMigrations(setup.databases, migrations, say))
    lastRun = run
    return run
  }
  stack.use(watchFolders(checkout, watchedFolders, react))

  const all = stack.move()
  return { [Symbol.asyncDispose]: () => all.disposeAsync() }
}

const inShort = ([first = '', ...more]: readonly string[]): string =>
  more.length === 0 ? first : `${first} and ${more.length} more`
