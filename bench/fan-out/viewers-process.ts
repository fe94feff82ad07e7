/** A process of viewers: sockets with a request of their own each, that count what they are sent. */
import { connect, type Socket } from 'node:net'
import { failLoad } from '../load/load-child.ts'
import type { FromViewers, ToViewers, ViewersSetup } from './messages.ts'
import { askForTally } from './tally-event.ts'

interface Viewer {
  readonly socket: Socket
  version: number
  isOpen: boolean
  /** The beginning of an event whose end has not come yet. */
  rest: string
}

const patienceMs = 60_000
const [firstPort, ports] = [10_000, 50_000]
const longestMs = 10_000

const { port, address, pollIds } = JSON.parse(process.argv[2] ?? '') as ViewersSetup
const say = (message: FromViewers) => process.send?.(message)
process.on('uncaughtException', failLoad)
process.on('disconnect', () => process.exit())

const viewers = new Set<Viewer>()
const delays = new Array<number>(longestMs + 1).fill(0)
let [made, opening, lost, deliveries, wentBack] = [0, 0, 0, 0, 0]
let lastFault = ''
let since = { at: performance.now(), cpu: process.cpuUsage() }

/** With what a browser says besides: a server that keeps it pays for it. */
const head = `POST /graphql HTTP/1.1
host: 127.0.0.1:${port}
connection: keep-alive
sec-ch-ua: "Not)A;Brand";v="8", "Chromium";v="150"
sec-ch-ua-mobile: ?0
sec-ch-ua-platform: "Linux"
user-agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 Safari/537.36
accept: text/event-stream
content-type: application/json
origin: http://127.0.0.1:${port}
sec-fetch-site: same-origin
sec-fetch-mode: cors
sec-fetch-dest: empty
referer: http://127.0.0.1:${port}/
accept-encoding: gzip, deflate, br, zstd
accept-language: pt-BR,pt;q=0.9,en-US;q=0.8,en;q=0.7`.replaceAll('\n', '\r\n')

const requests = pollIds.map((pollId) => {
  const body = askForTally(pollId)
  return `${head}\r\ncontent-length: ${body.length}\r\n\r\n${body}`
})
// Reading is synchronous: one buffer serves all.
const buffer = Buffer.alloc(64 * 1024)

function openOne(): void {
  const request = requests[made % requests.length] ?? ''
  // Chosen here: with thousands in use the system looks for a free one for seconds, and everything stands still.
  const localPort = firstPort + (made++ % ports)
  const callback = (size: number) => {
    hear(viewer, viewer.rest + buffer.toString('latin1', 0, size))
    return true
  }
  const socket = connect({
    port,
    host: '127.0.0.1',
    localAddress: address,
    localPort,
    onread: { buffer, callback },
  })
  const viewer: Viewer = { socket, version: -1, isOpen: false, rest: '' }
  opening++
  viewers.add(viewer)
  socket.once('connect', () => socket.write(request))
  socket.on('error', (error) => void (lastFault = error.message))
  socket.once('close', () => {
    if (!viewers.delete(viewer)) return
    lost++
    if (!viewer.isOpen) opening--
  })
}

/** An event ends with an empty line; what stands between them (headers, chunk sizes) names no version. */
function hear(viewer: Viewer, text: string): void {
  const end = text.lastIndexOf('\n\n')
  viewer.rest = text.slice(end + 2)
  if (end < 0) return
  if (!viewer.isOpen) opening--
  viewer.isOpen = true
  for (let at = text.indexOf('"version":'); at >= 0 && at < end; at = text.indexOf('"version":', at + 10)) {
    const version = Number.parseInt(text.slice(at + 10, at + 24), 10)
    const isFirst = viewer.version < 0
    if (version < viewer.version) wentBack++
    viewer.version = version
    deliveries++
    const asOf = text.indexOf('"asOf":"', at)
    // A snapshot is as old as it is, and a poll that nobody has voted in has no asOf.
    if (isFirst || asOf < 0) continue
    const delay = Date.now() - Date.parse(text.slice(asOf + 8, asOf + 32))
    const place = Math.max(0, Math.min(longestMs, delay))
    delays[place] = (delays[place] ?? 0) + 1
  }
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
async function until(isSo: () => boolean): Promise<void> {
  const end = performance.now() + patienceMs
  while (!isSo() && performance.now() < end) await rest(10)
}

async function open(count: number, perSecond: number): Promise<void> {
  const begin = performance.now()
  for (let i = 0; i < count; await rest(5)) {
    const due = Math.min(count, Math.ceil(((performance.now() - begin) * perSecond) / 1_000))
    for (; i < due; i++) openOne()
  }
  await until(() => opening === 0)
  if (opening > 0 || lost > 0) {
    throw new Error(
      `${opening} of ${count} viewers got no answer, ${lost} connections were lost (${lastFault})`,
    )
  }
  say({ is: 'opened', tookMs: performance.now() - begin })
}

async function tell(version: number): Promise<void> {
  const { user, system } = process.cpuUsage(since.cpu)
  const ofACore = (user + system) / 1_000 / (performance.now() - since.at)
  const countLate = () => [...viewers].filter((viewer) => viewer.version < version).length
  await until(() => countLate() === 0)
  say({ is: 'told', told: { deliveries, delays, late: countLate(), lost, wentBack, ofACore } })
}

process.on('message', (message: ToViewers) => {
  switch (message.do) {
    case 'open':
      return void open(message.count, message.perSecond).catch(failLoad)
    case 'cut':
      for (const viewer of [...viewers].slice(0, message.count)) {
        viewers.delete(viewer)
        viewer.socket.destroy()
      }
      return say({ is: 'cut' })
    case 'count':
      ;[deliveries, since] = [0, { at: performance.now(), cpu: process.cpuUsage() }]
      delays.fill(0)
      return say({ is: 'counting' })
    case 'tell':
      return void tell(message.version)
    default:
      return message satisfies never
  }
})
say({ is: 'ready' })
