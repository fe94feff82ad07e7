/** The least that a vote's door can be: node:http that reads the body, parses it, and answers as long as Urna does. */
import { createServer } from 'node:http'

const acceptedAt = new Date().toISOString()
const receipt = { batchId: '0190a0b0-c0d0-7000-8000-000000000000', position: 17 }

const server = createServer((req, res) => {
  let text = ''
  req.setEncoding('utf8')
  req.on('data', (chunk: string) => (text += chunk))
  req.on('end', () => {
    let voteId: unknown
    try {
      ;({ voteId } = JSON.parse(text) as { voteId: unknown })
    } catch {
      res.writeHead(400).end('{}')
      return
    }
    const body = JSON.stringify({ result: { data: { accepted: true, voteId, acceptedAt, receipt } } })
    res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
    res.end(body)
  })
})
server.listen(Number(process.env['PORT']), '127.0.0.1')
