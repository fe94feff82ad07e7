/** Rules of the edge: TLS, HTTP/2, streams and votes through nginx, one gateway killed, totals asked for once a second. */
import { connect, type ClientHttp2Session } from 'node:http2'
import { mkdirSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { setMaxListeners } from 'node:events'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { follow } from '../contracts/live.ts'
import { makeStreams } from '../contracts/streams.graphql-sse.ts'
import { makeTrialCertificate } from '../deploy/image/trial-certificate.ts'
import { storedVotes, untilCounted } from './counts.ts'
import { startCountedWires, type CountedWires } from './counted-wires.ts'
import { startEdge, type Edge } from './edge.ts'
import { secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'
import { startCrowd } from './logged-crowd.ts'

let house: House
/** The gateways themselves. */
let doors: [Door, Door]
/** Before gateways that it reaches directly. */
let edge: Edge
/** Before the same gateways, with wires between. */
let wiredEdge: Edge
let wires: CountedWires
const open = new AsyncDisposableStack()

const doorOf = ({ url }: Edge): Door => ({ ...doors[0], url, trpcUrl: `${url}/trpc` })

beforeAll(async () => {
  house = open.use(await startHouse())
  const env = { TRUST_PROXY: 'true' }
  doors = [await house.gateway({ env }), await house.gateway({ env })]
  await house.workers({ roles: ['persist'] })
  const folder = (name: string) => {
    mkdirSync(join(house.dataDir, name))
    return join(house.dataDir, name)
  }
  const ports = doors.map(({ url }) => Number(new URL(url).port))
  const trusted = makeTrialCertificate(['localhost'])
  tls.setDefaultCACertificates([trusted.certificate])
  edge = open.use(await startEdge(folder('edge'), ports, trusted))
  wires = open.use(await startCountedWires(ports))
  wiredEdge = open.use(await startEdge(folder('wired-edge'), wires.ports, trusted))
  // What `follow` asks of a browser: a page that is seen.
  const page = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  const shown = new EventTarget()
  setMaxListeners(0, page, shown)
  vi.stubGlobal('document', page)
  vi.stubGlobal('window', shown)
})
afterAll(async () => {
  vi.unstubAllGlobals()
  await open.disposeAsync()
})

const tallyQuery = 'subscription Total($pollId: ID!) { tally(pollId: $pollId) { version total } }'
interface TallyFrame {
  readonly tally: { readonly version: number; readonly total: number }
}

/** A viewer as the vote page has it: the same streams, the same patience. */
function watch(pollId: string) {
  const seen = { total: -1, lostAt: 0, backAt: 0, sawBackwards: false }
  const streams = makeStreams({ url: `${edge.url}/graphql` })
  let version = -1
  const stop = follow<TallyFrame>({
    open: (sink) => streams.open(tallyQuery, { pollId }, sink),
    onFrame({ tally }) {
      if (tally.version < version) seen.sawBackwards = true
      version = tally.version
      seen.total = tally.total
    },
    onLine({ at }) {
      if (at === 'lost') Object.assign(seen, { lostAt: performance.now(), backAt: 0 })
      if (at === 'live') seen.backAt = performance.now()
    },
  })
  return { seen, stop }
}

const http2 = ({ url }: Edge) =>
  new Promise<ClientHttp2Session>((resolve, reject) => {
    const session = connect(url)
    session.once('connect', () => resolve(session)).once('error', reject)
  })

/** What an answer over HTTP/2 says. */
async function ask(session: ClientHttp2Session, headers: Record<string, string>, body = '') {
  const stream = session.request({ ':method': body === '' ? 'GET' : 'POST', ...headers })
  stream.setEncoding('utf8')
  if (body !== '') stream.end(body)
  let text = ''
  let head: Record<string, unknown> = {}
  stream.on('response', (its) => (head = its))
  stream.on('data', (piece: string) => (text += piece))
  await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  return { status: Number(head[':status']), head, text }
}

/** One try over HTTP/1.1, without the patience of our client. */
async function post(its: Edge, path: string, token: string, body: string) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const answer = await fetch(`${its.url}/trpc/${path}`, { method: 'POST', headers, body })
  return { status: answer.status, text: await answer.text() }
}

/** Asks for a WebSocket; whether there is one is the gateway's to say. */
const knock = (url: string) =>
  new Promise<void>((resolve, reject) => {
    const ws = { 'sec-websocket-version': '13', 'sec-websocket-key': 'dXJuYSB1cm5hIHVybmEgdQ==' }
    const asking = request(url, {
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'none', ...ws },
      agent: false,
    })
    const heard = () => {
      asking.destroy()
      resolve()
    }
    asking.once('response', heard).once('upgrade', heard).once('error', reject).end()
  })

describe('the edge', () => {
  it('ED1 speaks HTTP/2, gives pages of its own host their cookie, and no foreign page a way in', async () => {
    await using stack = new AsyncDisposableStack()
    const session = await http2(edge)
    stack.defer(() => session.destroy())
    expect(session.alpnProtocol).toBe('h2')
    const { host, origin } = new URL(edge.url)
    const start = { ':path': '/trpc/session.start', 'content-type': 'application/json' }
    const own = await ask(session, { ...start, origin }, '{}')
    expect(own.status).toBe(200)
    // Secure: the gateway was told of https, and by nobody else than the edge.
    expect(String(own.head['set-cookie'])).toContain('; Secure')
    const foreign = { origin: 'https://elsewhere.example', 'x-forwarded-host': 'elsewhere.example' }
    expect((await ask(session, { ...start, ...foreign }, '{}')).status).toBe(403)
    expect((await ask(session, { ':path': '/metrics' })).status).toBe(404)
    expect((await ask(session, { ':path': '/readyz' })).status).toBe(404)
    const plain = await fetch(`http://${host}/p/last-song`, { redirect: 'manual' })
    expect([plain.status, plain.headers.get('location')]).toEqual([308, `${origin}/p/last-song`])
  })

  it('ED2 lets each frame of a stream through when it comes, over HTTP/2', async () => {
    await using stack = new AsyncDisposableStack()
    const poll = await house.openPoll(doors[0])
    const session = await http2(edge)
    stack.defer(() => session.destroy())
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/graphql' },
      ...{ accept: 'text/event-stream', 'content-type': 'application/json' },
    })
    stream.setEncoding('utf8')
    stream.end(JSON.stringify({ query: tallyQuery, variables: { pollId: poll.pollId } }))
    let text = ''
    stream.on('data', (piece: string) => (text += piece))
    // A frame is some 80 bytes: a proxy that gathers 4 kB would show none of them.
    for (let votes = 0; votes <= 3; votes++) {
      await until(`the frame of ${votes}`, async () => text.includes(`"total":${votes}}`), 10_000)
      await voterAt(doorOf(edge)).cast({ pollId: poll.pollId, optionId: 'samba' })
    }
    expect(stream.closed).toBe(false)
    expect(text.length).toBeLessThan(2_000)
  })

  it('ED3 asks for the totals of a poll once a second, whoever asks it', async () => {
    const poll = await house.openPoll(doors[0])
    const path = `/api/polls/${poll.pollId}/totals`
    const passed = () => wires.passed(path)
    const begunAt = performance.now()
    let asked = 0
    const tags = new Set<string | null>()
    const readers = Array.from({ length: 10 }, async (_, reader) => {
      while (performance.now() - begunAt < 3_500) {
        // Whatever else stands in the address: it is no other question.
        const answer = await fetch(`${wiredEdge.url}${path}?reader=${reader}`)
        expect(answer.status).toBe(200)
        tags.add(answer.headers.get('etag'))
        await answer.arrayBuffer()
        asked++
      }
    })
    await Promise.all(readers)
    const seconds = (performance.now() - begunAt) / 1_000
    console.log(`totals: ${asked} answers in ${seconds.toFixed(1)} s, ${passed()} read from a gateway`)
    expect(tags.size).toBe(1)
    expect(asked).toBeGreaterThan(100)
    // What is kept for a second is older than that before it is asked for again: one for each second begun, and one.
    expect(passed()).toBeLessThanOrEqual(Math.ceil(seconds) + 1)
    expect(passed()).toBeGreaterThan(1)
    // What changed is seen by the next second.
    await voterAt(doorOf(wiredEdge)).cast({ pollId: poll.pollId, optionId: 'samba' })
    await until('the new totals', async () => {
      const answer = await fetch(wiredEdge.url + path)
      return JSON.stringify(await answer.json()).includes('"total":1')
    })
  })

  it('ED4 asks the other gateway for the answer to a vote that got lost: it is accepted, and counts once', async () => {
    const poll = await house.openPoll(doors[0])
    const { token } = await voterAt(doorOf(wiredEdge)).startSession()
    const voteId = uuidv7()
    const passed = wires.passed('/trpc/vote.cast')
    wires.loseAnswerTo('/trpc/vote.cast')
    const body = JSON.stringify({ pollId: poll.pollId, optionId: 'samba', voteId })
    const answer = await post(wiredEdge, 'vote.cast', token, body)
    expect(answer).toEqual({ status: 200, text: expect.stringContaining('"accepted":true') })
    expect(wires.passed('/trpc/vote.cast') - passed).toBe(2)
    await untilCounted(house, poll.pollId, 1)
    expect(await storedVotes(house, poll.pollId)).toEqual([`${voteId} samba`])
  })

  it('ED5 repeats nothing else that was sent: where the answer is lost, one poll was made and not two', async () => {
    const question = `Once only? ${uuidv7()}`
    const body = JSON.stringify({ question, options: ['Yes', 'No'] })
    wires.loseAnswerTo('/trpc/admin.createPoll')
    const answer = await post(wiredEdge, 'admin.createPoll', secrets.ADMIN_TOKEN, body)
    expect(answer.status).toBe(502)
    expect(wires.passed('/trpc/admin.createPoll')).toBe(1)
    expect(await house.rows('select from polls where question = $1', [question])).toHaveLength(1)
  })

  it('ED7 hands the wish for a WebSocket on to /graphql, and nowhere else', async () => {
    const asksFor = (path: string) =>
      wires.heads(path).filter((head) => /^upgrade: websocket\r$/im.test(head))
    await knock(`${wiredEdge.url}/graphql`)
    expect(asksFor('/graphql')).toHaveLength(1)
    expect(asksFor('/graphql')[0]).toMatch(/^connection: upgrade\r$/im)
    await knock(`${wiredEdge.url}/elsewhere`)
    expect(wires.passed('/elsewhere')).toBe(1)
    expect(asksFor('/elsewhere')).toEqual([])
  })

  it('ED6 brings the viewers of a killed gateway back within 5 s, and loses and doubles no vote', async () => {
    const poll = await house.openPoll(doors[0])
    using stack = new DisposableStack()
    const viewers = Array.from({ length: 40 }, () => watch(poll.pollId))
    stack.defer(() => viewers.forEach(({ stop }) => stop()))
    await until('all viewers see', async () => viewers.every(({ seen }) => seen.total >= 0))
    const crowd = startCrowd([doorOf(edge)], poll.pollId, 16)
    const accepted = () => crowd.log.filter(({ acceptedAt }) => acceptedAt !== null)
    await until('100 votes', async () => accepted().length >= 100)

    const killedAt = performance.now()
    await doors[0].process.kill()
    await until(
      'viewers have lost their line',
      async () => viewers.some(({ seen }) => seen.lostAt > 0),
      5_000,
    )
    const lost = () => viewers.filter(({ seen }) => seen.lostAt > 0)
    await until(
      'all are back',
      async () => lost().every(({ seen }) => seen.backAt > 0),
      5_000 - sinceMs(killedAt),
    )
    const waits = lost().map(({ seen }) => Math.round(seen.backAt - killedAt))
    // Half of them were there: a stream goes to the gateway that has fewest.
    expect(lost().length).toBeGreaterThanOrEqual(10)

    const atReturn = accepted().length
    await until('votes go on', async () => accepted().length >= atReturn + 100)
    await crowd.end()
    const told = accepted().map(({ voteId }) => `${voteId} samba`)
    await untilCounted(house, poll.pollId, told.length)
    expect(await storedVotes(house, poll.pollId)).toEqual(told.toSorted())
    // Those who came back see what the others see.
    await until('all see all votes', async () => viewers.every(({ seen }) => seen.total === told.length))
    expect(viewers.filter(({ seen }) => seen.sawBackwards)).toEqual([])
    waits.sort((a, b) => a - b)
    const refused = crowd.log.reduce((sum, { refusedAt }) => sum + refusedAt.length, 0)
    console.log(
      `killed: ${waits.length} of ${viewers.length} viewers lost their line, back after ` +
        `${waits[0]} to ${waits.at(-1)} ms (median ${waits[waits.length >> 1]}); ` +
        `${told.length} votes told and stored, ${refused} times 503`,
    )
  })
})

const sinceMs = (at: number) => performance.now() - at
