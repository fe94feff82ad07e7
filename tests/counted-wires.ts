/** Wires to gateways that count the requests that pass, and can lose the answer to one of them. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface CountedWires extends AsyncDisposable {
  /** One for each gateway. */
  readonly ports: readonly number[]
  /** How many requests with this in their first line have passed. */
  readonly passed: (inFirstLine: string) => number
  /** The heads of the requests with this in their first line. */
  readonly heads: (inFirstLine: string) => readonly string[]
  /** Of the next request with this in its first line the gateway's answer is lost, and the line with it. */
  readonly loseAnswerTo: (inFirstLine: string) => void
}

export async function startCountedWires(gatewayPorts: readonly number[]): Promise<CountedWires> {
  await using stack = new AsyncDisposableStack()
  const heads: string[] = []
  let losing: string | null = null

  /** Whether the answer to what these bytes begin with is to be lost. */
  function hear(bytes: Buffer): boolean {
    // A proxy writes the head of a request in one piece, and asks for the next when the last is answered.
    const head = /^([A-Z]+ \S+ HTTP\/1\.1)\r\n.*?\r\n\r\n/s.exec(bytes.toString('latin1'))
    if (head === null) return false
    heads.push(head[0])
    if (losing === null || head[1]?.includes(losing) !== true) return false
    losing = null
    return true
  }

  async function startWire(gatewayPort: number): Promise<number> {
    const open = new Set<Socket>()
    const server = createServer((client) => {
      const gateway = connect(gatewayPort, '127.0.0.1')
      let isLost = false
      const end = () => {
        client.destroy()
        gateway.destroy()
      }
      for (const socket of [client, gateway]) {
        open.add(socket)
        socket.on('error', end)
        socket.on('close', () => {
          open.delete(socket)
          end()
        })
      }
      client.on('data', (bytes) => {
        isLost ||= hear(bytes)
        gateway.write(bytes)
      })
      gateway.on('data', (bytes) => {
        if (isLost) end()
        else client.write(bytes)
      })
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    stack.defer(async () => {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    })
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('the wire has no port')
    return address.port
  }

  const ports: number[] = []
  for (const port of gatewayPorts) ports.push(await startWire(port))
  const opened = stack.move()
  const headsOf = (inFirstLine: string) =>
    heads.filter((head) => head.slice(0, head.indexOf('\r\n')).includes(inFirstLine))
  return {
    ports,
    passed: (inFirstLine) => headsOf(inFirstLine).length,
    heads: headsOf,
    loseAnswerTo: (inFirstLine) => void (losing = inFirstLine),
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  }
}
