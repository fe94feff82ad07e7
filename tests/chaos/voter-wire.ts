/** A wire between the voters and a gateway that can lose what is said on it, in one direction. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

export interface VoterWire extends AsyncDisposable {
  readonly url: string
  /**
   * From now on until `mend`: `requests` never reach the gateway, or `answers` never come back; each such connection
   * is cut at that moment.
   */
  readonly cut: (what: 'requests' | 'answers') => void
  readonly mend: () => void
}

export async function startVoterWire(gatewayPort: number): Promise<VoterWire> {
  let lost: 'requests' | 'answers' | null = null
  const open = new Set<Socket>()
  const server = createServer((voter) => {
    const gateway = connect(gatewayPort, '127.0.0.1')
    const end = () => {
      voter.destroy()
      gateway.destroy()
    }
    for (const socket of [voter, gateway]) {
      socket.setNoDelay(true)
      open.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        end()
      })
    }
    voter.on('data', (bytes) => {
      if (lost === 'requests') end()
      else gateway.write(bytes)
    })
    gateway.on('data', (bytes) => {
      if (lost === 'answers') end()
      else voter.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the wire has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut: (what) => void (lost = what),
    mend: () => void (lost = null),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
