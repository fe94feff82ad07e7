/** Rules of the ops pages. */
import { createServer } from 'node:http'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import type { Checks } from './checks.ts'
import { listen } from './listen.ts'
import { makeOps, serveOps } from './ops.ts'
import { readVersion } from './version.ts'

const log = pino({ level: 'silent' })

async function serve(checks: Checks) {
  const ops = makeOps({ process: 'test', version: await readVersion(), checks, log })
  const served = await serveOps({ host: '127.0.0.1', port: 0, ops, log })
  return Object.assign(served, { url: `http://127.0.0.1:${served.port}` })
}

const down = async () => {
  throw new Error('it is away\nwith a second line')
}

test('O1 a process that is alive says so, and nobody keeps the answer', async () => {
  await using served = await serve({})
  const answer = await fetch(`${served.url}/healthz`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(await answer.json()).toEqual({ alive: true, process: 'test' })
})

test('O2 it is ready when what it needs answers, and shows what is away that it can do without', async () => {
  await using served = await serve({
    redis: { required: true, check: async () => ({ waiting: 3 }) },
    kafka: { required: false, check: down },
  })
  const answer = await fetch(`${served.url}/readyz`)
  expect(answer.status).toBe(200)
  expect(await answer.json()).toMatchObject({
    ready: true,
    dependencies: {
      redis: { up: true, required: true, waiting: 3 },
      kafka: { up: false, required: false, reason: 'it is away' },
    },
  })
})

test('O3 it is not ready while something that it needs is away', async () => {
  await using served = await serve({ postgres: { required: true, check: down } })
  const answer = await fetch(`${served.url}/readyz`)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({ ready: false, dependencies: { postgres: { up: false } } })
})

test('O4 a dependency that never answers counts as away after two seconds', async () => {
  await using served = await serve({
    postgres: { required: true, check: () => new Promise<void>(() => undefined) },
  })
  const answer = await fetch(`${served.url}/readyz`)
  expect(answer.status).toBe(503)
  expect(await answer.json()).toMatchObject({
    ready: false,
    dependencies: { postgres: { up: false, required: true, reason: 'no answer within 2000 ms' } },
  })
})

test('O5 version tells the name, the version, the commit and the Node that runs it', async () => {
  await using served = await serve({})
  expect(await (await fetch(`${served.url}/version`)).json()).toMatchObject({
    name: 'urna',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: expect.stringMatching(/^\d+\./),
  })
})

test('O6 metrics are in the form that Prometheus reads, and carry the name of the process', async () => {
  await using served = await serve({})
  const text = await (await fetch(`${served.url}/metrics`)).text()
  expect(text).toContain('process_cpu_seconds_total{process="test"}')
})

test('O7 an unknown path is 404 and another method than GET is 405, both typed', async () => {
  await using served = await serve({})
  const unknown = await fetch(`${served.url}/toString`)
  expect([unknown.status, (await unknown.json()).error.reason]).toEqual([404, 'unknown-path'])
  const posted = await fetch(`${served.url}/healthz`, { method: 'POST' })
  expect([posted.status, posted.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
})

test('O8 a port that is taken is told in one line', async () => {
  const holder = createServer()
  const port = await listen(holder, '127.0.0.1', 0)
  const ops = makeOps({ process: 'test', version: await readVersion(), checks: {}, log })
  await expect(serveOps({ host: '127.0.0.1', port, ops, log })).rejects.toThrow(
    `Port ${port} on 127.0.0.1 is taken: stop what uses it, or choose another with PORT.`,
  )
  await new Promise((resolve) => holder.close(resolve))
})
