/** Stands between a client and a gateway, and loses the answers that it is told to lose: each vote has arrived by then. */
import { createServer, request as send } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface LosingProxy extends AsyncDisposable {
  readonly url: string
  /** The bodies that came for an address whose next answers are lost. */
  readonly lost: string[]
  /** Loses the next answer to this address. */
  readonly loseNext: (path: string) => void
}

export async function openLosingProxy(gatewayUrl: string): Promise<LosingProxy> {
  const toLose = new Set<string>()
  const lost: string[] = []
  const server = createServer((req, res) => {
    const path = req.url ?? '/'
    const isLost = toLose.delete(path)
    const { method, headers } = req
    const onward = send(new URL(path, gatewayUrl), { ...(method !== undefined && { method }), headers })
    // A gateway that is away, or dies in its answer, is a line that breaks.
    onward.on('error', () => res.destroy())
    onward.on('response', (answer) => {
      answer.on('error', () => res.destroy())
      if (isLost) return answer.on('end', () => res.destroy()).resume()
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      return answer.pipe(res)
    })
    res.on('close', () => onward.destroy())
    if (isLost) req.on('data', (bytes: Buffer) => lost.push(bytes.toString()))
    req.pipe(onward)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lost,
    loseNext: (path) => void toLose.add(path),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
