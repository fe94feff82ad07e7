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
  /** How many connections were cut since `cut`: each with a request or an answer on it. */
  readonly lost: () => number
}

export async function startVoterWire(gatewayPort: number): Promise<VoterWire> {
  let lost: 'requests' | 'answers' | null = null
  let cut = 0
  const open = new Set<Socket>()
  const server = createServer((voter) => {
    const gateway = connect(gatewayPort, '127.0.0.1')
    const end = () => {
      voter.destroy()
      gateway.destroy()
    }
    let isCut = false
    const lose = () => {
      if (!isCut) cut++
      isCut = true
      end()
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
      if (lost === 'requests') lose()
      else gateway.write(bytes)
    })
    gateway.on('data', (bytes) => {
      if (lost === 'answers') lose()
      else voter.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the wire has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    cut(what) {
      lost = what
      cut = 0
    },
    mend: () => void (lost = null),
    lost: () => cut,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
