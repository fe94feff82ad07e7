/** The least that fan-out can be: node:http, and `res.write` of one ready frame to each response, by a timer. */
import { createServer, type ServerResponse } from 'node:http'
import { tallyEvent } from './tally-event.ts'

const pollIds = (process.env['POLL_IDS'] ?? '').split(',')
const optionIds = (process.env['OPTION_IDS'] ?? '').split(',')
const viewers = new Map(pollIds.map((pollId) => [pollId, new Set<ServerResponse>()]))
let [version, turn] = [1, 0]
let timer: NodeJS.Timeout | undefined

function tick(): void {
  const pollId = pollIds[turn] ?? ''
  const frame = Buffer.from(tallyEvent(pollId, version, Date.now(), optionIds))
  for (const res of viewers.get(pollId) ?? []) res.write(frame)
  turn = (turn + 1) % pollIds.length
  if (turn === 0) version++
}

const server = createServer((req, res) => {
  let text = ''
  req.setEncoding('utf8')
  req.on('data', (chunk: string) => (text += chunk))
  req.on('end', () => {
    const asked = JSON.parse(text) as { everyMs?: number; variables: { pollId: string } }
    if (asked.everyMs !== undefined) {
      clearInterval(timer)
      while (turn > 0) tick()
      if (asked.everyMs > 0) timer = setInterval(tick, asked.everyMs / pollIds.length)
      return void res.end(String(version - 1))
    }
    const { pollId } = asked.variables
    res.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' })
    res.write(tallyEvent(pollId, version - 1, Date.now(), optionIds))
    viewers.get(pollId)?.add(res)
    res.on('close', () => viewers.get(pollId)?.delete(res))
  })
})
server.listen({ port: Number(process.env['PORT']), host: '127.0.0.1', backlog: 4_096 })
