/** DV: what `npm run dev` promises whoever changes the code: a saved file takes effect, and only where it belongs. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeUrnaClient } from '../contracts/client.ts'
import { findFreePort } from '../local/ports.ts'
import type { Ready } from '../local/ready-file.ts'
import { makeTempFolder, removeTempFolder } from '../local/temp-folder.ts'
import { chromiumPath, markPage, openBrowser, whyNoBrowser, type People } from './browser.ts'
import { until } from './house.ts'

// What is changed is a copy; the dependencies are the checkout's own.
const left = new Set(['node_modules', '.git', '.urna', 'coverage', 'dist', 'docs', 'bench'])

describe.skipIf(chromiumPath === null)(`npm run dev, one run told in order${whyNoBrowser}`, () => {
  const open = new AsyncDisposableStack()
  let checkout: string
  let printed = ''
  let ready: Ready
  let people: People
  let interrupt: () => Promise<unknown>

  const inCopy = (file: string) => join(checkout, file)
  const readReady = () => JSON.parse(readFileSync(join(checkout, '.urna', 'ready.json'), 'utf8')) as Ready
  const pidOf = (name: string) => readReady().pids[name]
  const told = (what: RegExp, from = 0) => until(`told: ${what}`, async () => what.test(printed.slice(from)))
  /** As an editor saves: written aside, then renamed into place. */
  function save(file: string, change: (text: string) => string): void {
    const changed = change(readFileSync(inCopy(file), 'utf8'))
    writeFileSync(inCopy(`${file}~`), changed)
    renameSync(inCopy(`${file}~`), inCopy(file))
  }
  async function refusal(): Promise<string> {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${ready.trpcUrl}/session.start`, { method: 'POST', headers, body: '{' })
    return answer.text()
  }

  beforeAll(async () => {
    checkout = makeTempFolder('urna-dev-')
    open.defer(() => removeTempFolder(checkout))
    const source = dirname(import.meta.dirname)
    cpSync(source, checkout, {
      recursive: true,
      filter: (path) => !left.has(basename(path)) || path === source,
    })
    symlinkSync(join(source, 'node_modules'), inCopy('node_modules'))
    const env = { ...process.env, CROWD: '', DATABASE_URL: '', REDIS_URL: '', KAFKA_BROKERS: '127.0.0.1:9' }
    const args = ['local/start.mjs', '--dev', '--port', String(await findFreePort())]
    const child = spawn(process.execPath, args, { cwd: checkout, env, detached: true })
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (bytes: Buffer) => (printed += bytes.toString()))
    const ended = once(child, 'close').then(([code]: unknown[]) => code)
    interrupt = async () => {
      if (child.exitCode === null) process.kill(-(child.pid ?? 0), 'SIGINT')
      return ended
    }
    open.defer(async () => void (await interrupt()))
    people = open.use(await openBrowser())
    await until(
      'ready',
      async () => existsSync(inCopy('.urna/ready.json')) || child.exitCode !== null,
      120_000,
    )
    if (child.exitCode !== null) throw new Error(printed)
    ready = readReady()
  }, 240_000)
  afterAll(() => open.disposeAsync())

  it('DV1 both UIs live at the one address, where a vote is cast and the count comes by itself', async () => {
    const client = makeUrnaClient({ trpcUrl: ready.trpcUrl, adminToken: ready.adminToken })
    const { pollId } = await client.trpc.admin.createPoll.mutate({
      question: 'Which dance?',
      options: ['Samba', 'Forro'],
    })
    const poll = await client.trpc.admin.openPoll.mutate({ pollId })
    const page = await people.come()
    await page.goto(`${ready.voteUiUrl}p/${poll.slug}`)
    await page.getByRole('radio', { name: 'Samba' }).check()
    await page.getByRole('button', { name: 'Vote for Samba' }).click()
    await page.getByText('You voted for Samba').waitFor()
    await page.getByText('1 vote as of').waitFor()
    await page.goto(ready.adminUiUrl)
    await page
      .getByRole('link', { name: /Which dance\?/ })
      .first()
      .waitFor()
    expect(people.faults).toEqual([])
  })

  it('DV2 a saved line of the gateway takes effect, and the workers run on', async () => {
    const [gateway, workers] = [pidOf('gateway'), pidOf('queueWorkers')]
    const from = printed.length
    const since = Date.now()
    save('gateway/api/http/answers.ts', (text) => text.replace("notJsonSays = '", "notJsonSays = 'Mended. "))
    await until('its effect', async () => (await refusal()).includes('Mended. '))
    console.log(`a saved change in the gateway took effect after ${(Date.now() - since) / 1000} s`)
    await told(/gateway\/api\/http\/answers\.ts: gateway up again after [\d.]+ s/, from)
    expect(pidOf('gateway')).not.toBe(gateway)
    expect(pidOf('queueWorkers')).toBe(workers)
    expect(printed.slice(from)).not.toContain('queue-workers up again')
  })

  it('DV3 what does not start is told with its file and line, and the next save mends it', async () => {
    const workers = pidOf('queueWorkers')
    const lines = readFileSync(inCopy('gateway/app.ts'), 'utf8').split('\n').length
    let from = printed.length
    appendFileSync(inCopy('gateway/app.ts'), 'const = 3\n')
    await told(new RegExp(`gateway does not start\\. gateway/app\\.ts:${lines}: SyntaxError`), from)
    expect((await fetch(ready.gatewayUrl + '/healthz')).status).toBe(503)

    from = printed.length
    save('gateway/app.ts', (text) => text.replace('const = 3', 'Reflect.get(null as never, "no")'))
    await told(new RegExp(`gateway does not start\\. gateway/app\\.ts:${lines}: TypeError`), from)

    from = printed.length
    save('gateway/app.ts', (text) => text.replace(/Reflect.*\n$/, ''))
    await told(/gateway up again/, from)
    expect((await fetch(ready.gatewayUrl + '/healthz')).status).toBe(200)
    expect(pidOf('queueWorkers')).toBe(workers)
  })

  it('DV4 a saved component is replaced in the page, which keeps its state', async () => {
    const page = await people.come()
    await page.goto(`${ready.voteUiUrl}p/last-song`)
    const choice = page.getByRole('radio').first()
    await choice.check()
    const stayed = await markPage(page)
    const since = Date.now()
    save('vote-ui/src/polls/poll-status.tsx', (text) => text.replace("'Open now'", "'Open right now'"))
    await page.getByText('Open right now').first().waitFor()
    console.log(`a saved change in vote-ui took effect after ${(Date.now() - since) / 1000} s`)
    expect(await choice.isChecked()).toBe(true)
    expect(await stayed()).toBe(true)
  })

  it('DV5 a new migration is run, a broken one told with its line, and one that ran before is not run again', async () => {
    let from = printed.length
    const gateway = pidOf('gateway')
    writeFileSync(inCopy('sql/0900_broken.sql'), '-- A trial.\ncreate table trial (\n  no inte\n);\n')
    await told(/sql\/0900_broken\.sql:3: type "inte" does not exist/, from)
    expect(pidOf('gateway')).toBe(gateway)

    from = printed.length
    save('sql/0900_broken.sql', (text) => text.replace('inte', 'int'))
    await told(/sql\/0900_broken\.sql: applied/, from)
    await told(/gateway up again/, from)
    await told(/queue-workers up again/, from)

    from = printed.length
    save('sql/0900_broken.sql', (text) => text.replace('int', 'bigint'))
    await told(/sql\/0900_broken\.sql was applied here before and is not run again/, from)
    expect(printed.slice(from)).not.toContain('up again')
  })

  it('DV6 Ctrl-C ends all of it', async () => {
    const pids = Object.values(readReady().pids)
    expect(pids.length).toBeGreaterThan(5)
    expect(await interrupt()).toBe(0)
    expect(pids.filter((pid) => existsSync(`/proc/${pid}`))).toEqual([])
    expect(existsSync(inCopy('.urna/ready.json'))).toBe(false)
    rmSync(inCopy('node_modules')) // the link alone
    await expect(fetch(ready.voteUiUrl)).rejects.toThrow('fetch failed')
  })
})
