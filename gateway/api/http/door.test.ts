/** Rules of the door: who may come in, what is answered before anything is executed, and how it closes. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildClientSchema, buildSchema, findBreakingChanges, getIntrospectionQuery } from 'graphql'
import { v7 as uuidv7 } from 'uuid'
import { expect, test } from 'vitest'
import { makeUrnaClient } from '../../../contracts/client.ts'
import type { VoteAnswer } from '../../../contracts/vote.ts'
import { adminToken, openDoorHouse, readEvents, type DoorHouse } from '../../../tests/door-house.ts'
import { newPoll, shard, writeTally } from '../../../tests/live-redis.ts'

const json = { 'content-type': 'application/json' }

function call(house: DoorHouse, procedure: string, body: string, headers: Record<string, string> = {}) {
  return fetch(`${house.url}/trpc/${procedure}`, {
    method: 'POST',
    headers: { ...json, ...headers },
    body,
  })
}

const aVote = (changes: Record<string, unknown> = {}) =>
  JSON.stringify({ pollId: uuidv7(), optionId: 'a', voteId: uuidv7(), ...changes })

const inSession = (house: DoorHouse) => ({ authorization: `Bearer ${house.sessions.start(null).token}` })

async function refusal(response: Response): Promise<[number, unknown]> {
  const { error } = await response.json()
  const reason: unknown = error.data.reason
  return [response.status, reason]
}

test('D1 a vote comes in with its session, as bearer or as cookie', async () => {
  const accepted = {
    ...{ accepted: true, voteId: uuidv7(), acceptedAt: new Date().toISOString() },
    ...{ remaining: 0, receipt: { batchId: uuidv7(), position: 0 } },
  } as const satisfies VoteAnswer
  await using house = await openDoorHouse({ castVote: async () => accepted })
  const started = await fetch(`${house.url}/trpc/session.start`, { method: 'POST' })
  const cookie = started.headers.get('set-cookie') ?? ''
  expect(cookie).toMatch(/^urna_session=[\w-]+; Path=\/; Max-Age=3(?:598|599|600); HttpOnly; SameSite=Lax$/)
  const { token } = (await started.json()).result.data
  for (const headers of [{ authorization: `Bearer ${token}` }, { cookie: `a=b; ${cookie.split(';')[0]}` }]) {
    const response = await call(house, 'vote.cast', aVote(), headers)
    expect([response.status, (await response.json()).result.data]).toEqual([200, accepted])
  }
})

test('D2 the cookie is marked secure where our proxy says that the page came by https', async () => {
  await using trusting = await openDoorHouse({ trustProxy: true })
  await using wary = await openDoorHouse()
  const cookie = async (house: DoorHouse) =>
    (await call(house, 'session.start', '', { 'x-forwarded-proto': 'https' })).headers.get('set-cookie')
  expect(await cookie(trusting)).toContain('; Secure')
  expect(await cookie(wary)).not.toContain('Secure')
})

test.each([
  ['poll-closed', 409],
  ['unknown-poll', 404],
  ['queue-full', 503],
  ['limit-reached', 429],
] as const)('D3 a vote that is refused as %s is a value with status %d', async (reason, status) => {
  const comesAgain = status === 503 || status === 429
  let given: VoteAnswer | null = null
  await using house = await openDoorHouse({
    // A time of its own for each call: its remaining seconds are rounded up, so almost one of them may pass on the way.
    castVote: async () => {
      const retryAt = new Date(Date.now() + 2_999).toISOString()
      return (given = { accepted: false, reason, message: 'No.', ...(comesAgain && { retryAt }) })
    },
  })
  const response = await call(house, 'vote.cast', aVote(), inSession(house))
  expect([response.status, (await response.json()).result.data]).toEqual([status, given])
  expect(response.headers.get('retry-after')).toBe(comesAgain ? '3' : null)
  const client = makeUrnaClient({ trpcUrl: `${house.url}/trpc`, giveUpAfterMs: 0 })
  expect(await client.cast({ pollId: uuidv7(), optionId: 'a' })).toEqual(given)
})

test('D17 a limit for the whole poll names no time to come back, at the desk and at tRPC’s own adapter', async () => {
  const castVote = async () =>
    ({ accepted: false, reason: 'limit-reached', message: 'No.' }) as const satisfies VoteAnswer
  for (const shortWays of [true, false]) {
    await using house = await openDoorHouse({ castVote, shortWays })
    const response = await call(house, 'vote.cast', aVote(), inSession(house))
    expect([response.status, response.headers.get('retry-after')]).toEqual([429, null])
  }
})

test('D4 calls in a batch keep the status of tRPC, and more than ten are refused', async () => {
  await using house = await openDoorHouse()
  const batch = (size: number) =>
    call(
      house,
      `${Array<string>(size).fill('vote.cast').join(',')}?batch=1`,
      JSON.stringify(Object.fromEntries(Array.from({ length: size }, (_, i) => [i, JSON.parse(aVote())]))),
      inSession(house),
    )
  const two = await batch(2)
  expect([two.status, (await two.json()).length]).toEqual([200, 2])
  expect(house.reached).toHaveLength(2)
  expect(await refusal(await batch(11))).toEqual([400, 'bad-input'])
  expect(house.reached).toHaveLength(2)
})

test('D5 bad input is told in its own words, with its status, and reaches nothing', async () => {
  await using house = await openDoorHouse()
  const session = inSession(house)
  const cast = (body: string, headers = session) => call(house, 'vote.cast', body, headers)
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const expect400 = async (response: Promise<Response>) =>
    expect(await refusal(await response)).toEqual([400, 'bad-input'])
  await expect400(cast('{"pollId":'))
  await expect400(cast('[]'))
  await expect400(cast(aVote({ pollId: 7 })))
  await expect400(cast(aVote({ voteId: 'mine' })))
  await expect400(cast(aVote({ extra: true })))
  expect(await refusal(await call(house, 'vote.cast', aVote()))).toEqual([401, 'session-missing'])
  expect(await refusal(await cast(aVote(), bearer('guessed')))).toEqual([401, 'session-forged'])
  expect(await refusal(await call(house, 'vote.steal', '{}', session))).toEqual([404, 'unknown-path'])
  expect(await refusal(await call(house, 'admin.openPoll', JSON.stringify({ pollId: uuidv7() })))).toEqual([
    ...[401, 'admin-token-needed'],
  ])
  expect(await refusal(await call(house, 'admin.openPoll', '{}', bearer(adminToken)))).toEqual([
    ...[400, 'bad-input'],
  ])
  const text = { 'content-type': 'text/plain' }
  expect(await refusal(await call(house, 'session.start', '{}', text))).toEqual([415, 'media-type'])
  const got = await fetch(`${house.url}/trpc/session.start`)
  expect(await refusal(got)).toEqual([405, 'method-not-allowed'])
  const put = await fetch(`${house.url}/trpc/session.start`, { method: 'PUT' })
  expect(await refusal(put)).toEqual([405, 'method-not-allowed'])
  expect(house.reached).toEqual([])
})

test.each([
  ['trpc/session.start', 16 * 1024],
  ['graphql', 64 * 1024],
])('D6 a body for /%s that is too large is refused, told or not told beforehand', async (path, most) => {
  await using house = await openDoorHouse()
  const big = JSON.stringify('x'.repeat(most))
  const chunks = () => new Blob([big, 'x'.repeat(1 << 20)]).stream()
  for (const init of [{ body: big }, { body: chunks(), duplex: 'half' as const }]) {
    const response = await fetch(`${house.url}/${path}`, { method: 'POST', headers: json, ...init })
    expect(response.status).toBe(413)
    expect(await response.text()).toContain('body-too-large')
  }
  expect(house.reached).toEqual([])
})

test('D7 a foreign page is refused by tRPC, GraphQL and its streams alike, before anything is executed', async () => {
  await using house = await openDoorHouse({ corsOrigins: ['https://show.example'] })
  for (const origin of ['https://evil.example', 'null', 'https://show.example.evil.example']) {
    expect(await refusal(await call(house, 'session.start', '', { origin }))).toEqual([
      ...[403, 'origin-refused'],
    ])
    for (const accept of ['application/json', 'text/event-stream']) {
      const response = await fetch(`${house.url}/graphql`, {
        ...{ method: 'POST', headers: { ...json, accept, origin } },
        body: JSON.stringify({ query: 'subscription { publicPolls { slug } }' }),
      })
      expect(response.status).toBe(403)
      expect((await response.json()).errors[0].extensions.code).toBe('origin-refused')
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
  }
  const preflight = await fetch(`${house.url}/trpc/vote.cast`, {
    ...{ method: 'OPTIONS', headers: { origin: 'https://evil.example' } },
  })
  expect(preflight.status).toBe(403)
  expect(house.reached).toEqual([])
})

test('D8 our own pages and those that CORS_ORIGINS names may call', async () => {
  await using house = await openDoorHouse({ corsOrigins: ['https://show.example'] })
  expect((await call(house, 'session.start', '', { origin: house.url })).status).toBe(200)
  const origin = 'https://show.example'
  const preflight = await fetch(`${house.url}/trpc/vote.cast`, { method: 'OPTIONS', headers: { origin } })
  const called = await call(house, 'session.start', '', { origin })
  expect([preflight.status, called.status]).toEqual([204, 200])
  for (const { headers } of [preflight, called]) {
    expect(headers.get('access-control-allow-origin')).toBe(origin)
    expect(headers.get('access-control-allow-credentials')).toBe('true')
    expect(headers.get('vary')).toContain('origin')
  }
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization')
})

async function buildScreens() {
  const folder = await mkdtemp(join(tmpdir(), 'urna-screens-'))
  for (const name of ['vote-ui', 'admin-ui']) {
    await mkdir(join(folder, name, 'assets'), { recursive: true })
    await writeFile(join(folder, name, 'index.html'), `<!doctype html><title>${name}</title>`)
    await writeFile(join(folder, name, 'assets', 'index-4f2a.js'), `// ${name}\n`.repeat(200))
  }
  return {
    ...{ voteUi: join(folder, 'vote-ui'), adminUi: join(folder, 'admin-ui') },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

test('D9 each address has its screen; pages are asked for anew, hashed files never again', async () => {
  await using screens = await buildScreens()
  await using house = await openDoorHouse(screens)
  const get = (path: string, headers = {}) => fetch(house.url + path, { headers, redirect: 'manual' })
  for (const path of ['/', '/p/best-song', '/admin', '/admin/', '/admin/polls/7']) {
    const page = await get(path)
    expect([path, page.status, page.headers.get('cache-control')]).toEqual([path, 200, 'no-cache'])
    expect(await page.text()).toContain(path.startsWith('/admin') ? 'admin-ui' : 'vote-ui')
    const again = await get(path, { 'if-none-match': page.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  }
  for (const path of ['/assets/index-4f2a.js', '/admin/assets/index-4f2a.js']) {
    const file = await get(path)
    expect([file.status, file.headers.get('content-encoding')]).toEqual([200, 'gzip'])
    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(await file.text()).toContain(path.startsWith('/admin') ? '// admin-ui' : '// vote-ui')
  }
})

test('D16 the schema is published as it is executed, for every page and every cache', async () => {
  await using house = await openDoorHouse()
  const address = `${house.url}/schema.graphql`
  const first = await fetch(address, { headers: { origin: 'https://elsewhere.example' } })
  const text = await first.text()
  expect(first.headers.get('access-control-allow-origin')).toBe('*')
  const question = { query: getIntrospectionQuery() }
  const asked = await fetch(`${house.url}/graphql`, {
    ...{ method: 'POST', headers: { ...json, authorization: `Bearer ${adminToken}` } },
    body: JSON.stringify(question),
  })
  const executed = buildClientSchema((await asked.json()).data)
  const published = buildSchema(text)
  // What neither breaks in one direction nor in the other is the same.
  expect(findBreakingChanges(executed, published)).toEqual([])
  expect(findBreakingChanges(published, executed)).toEqual([])
  const etag = first.headers.get('etag') ?? ''
  const again = await fetch(address, { headers: { 'if-none-match': etag } })
  expect([again.status, await again.text()]).toEqual([304, ''])
  expect((await fetch(address, { method: 'POST' })).status).toBe(405)
})

test('D10 at an unknown address a person gets a page that leads on, a program gets JSON', async () => {
  await using screens = await buildScreens()
  await using house = await openDoorHouse(screens)
  const page = await fetch(`${house.url}/nowhere`, { headers: { accept: 'text/html' } })
  expect([page.status, await page.text()]).toEqual([404, '<!doctype html><title>vote-ui</title>'])
  for (const path of [
    '/nowhere',
    '/assets/../../package.json',
    '/assets/%2e%2e/index.html',
    '/admin/gone.js',
  ]) {
    const answer = await fetch(house.url + path)
    expect([path, answer.status, (await answer.json()).error.reason]).toEqual([path, 404, 'unknown-path'])
  }
  const posted = await fetch(`${house.url}/admin`, { method: 'POST' })
  expect([posted.status, (await posted.json()).error.reason]).toEqual([405, 'method-not-allowed'])
})

test('D11 every answer tells the browser what it may not do', async () => {
  await using screens = await buildScreens()
  await using house = await openDoorHouse(screens)
  for (const path of ['/', '/healthz', '/graphql', '/trpc/poll.list', '/trpc/vote.cast', '/nowhere']) {
    const { headers } = await fetch(house.url + path)
    const isData = /^\/(graphql|trpc)/.test(path)
    expect(headers.get('content-security-policy')).toContain(
      isData ? "default-src 'none'; frame-ancestors" : "default-src 'none'; script-src 'self'",
    )
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})

test('D12 a caller that is cut off in its body, or sends nonsense, harms nobody', async () => {
  await using house = await openDoorHouse()
  const say = (text: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(house.port, '127.0.0.1', () => socket.write(text))
      let heard = ''
      socket.on('data', (chunk) => (heard += chunk.toString()))
      socket.on('close', () => resolve(heard))
      socket.on('error', () => undefined)
      if (text.includes('content-length: 99')) house.door.server.once('request', () => socket.destroy())
    })
  const head = 'POST /trpc/session.start HTTP/1.1\r\nhost: urna\r\nconnection: close\r\n'
  await say(`${head}content-type: application/json\r\ncontent-length: 99\r\n\r\n{"half`)
  expect(await say('NONSENSE\r\n\r\n')).toContain('400 Bad Request')
  expect(await say('GET //[ HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n')).toMatch(/^HTTP\/1.1 4/)
  expect(await say('GET /trpc/%E0%A4%A HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n')).toMatch(
    /^HTTP\/1.1 4/,
  )
  expect(house.reached).toEqual([])
  expect((await fetch(`${house.url}/healthz`)).status).toBe(200)
})

test('D13 closing lets open calls finish, completes streams, and takes nobody new', async () => {
  let answer = (_: VoteAnswer) => {}
  const answered = new Promise<VoteAnswer>((resolve) => (answer = resolve))
  await using house = await openDoorHouse({ castVote: () => answered })
  const poll = newPoll()
  house.polls.put(poll)
  await writeTally(house.redis, poll.pollId, shard(1, [1, 0]))
  const stream = readEvents(
    await fetch(`${house.url}/graphql`, {
      ...{ method: 'POST', headers: { ...json, accept: 'text/event-stream' } },
      body: JSON.stringify({ query: `subscription { tally(pollId: "${poll.pollId}") { version } }` }),
    }),
  )
  await stream.next()
  const vote = call(house, 'vote.cast', aVote(), inSession(house))
  while (house.reached.length === 0) await new Promise(setImmediate)
  // An hour: a close that waited for its cut-off would outlast the test.
  const closed = house.door.close(3_600_000)
  expect((await stream.next()).value).toEqual({ event: 'complete', data: '' })
  await expect(fetch(`${house.url}/healthz`)).rejects.toThrow('fetch failed')
  answer({ accepted: false, reason: 'poll-closed', message: 'Closed.' })
  expect((await vote).status).toBe(409)
  expect((await vote).headers.get('connection')).toBe('close')
  await closed
})

test('D14 what is still open when the time is over is cut off', async () => {
  await using house = await openDoorHouse({ castVote: () => new Promise(() => undefined) })
  const vote = call(house, 'vote.cast', aVote(), inSession(house))
  vote.catch(() => undefined)
  while (house.reached.length === 0) await new Promise(setImmediate)
  await house.door.close(50)
  await expect(vote).rejects.toThrow('fetch failed')
})
