/** A wire between a gateway and Redis that can be cut at one exact point of their talk. */
import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'

export interface RedisCutter extends AsyncDisposable {
  /** The address for the gateway. */
  readonly url: string
  /**
   * Cuts the connection that next says `command`, once it has said `also`: `before` Redis hears it, or
   * `after` Redis has answered but before the answer is heard. Resolves when that has happened.
   */
  readonly cutAt: (command: string, when: 'before' | 'after', also: string) => Promise<void>
  /** What has not been cut by now is not cut any more. */
  readonly letGo: () => void
  /** From now on the gateway hears no announcement: connections that have subscribed say nothing more. */
  readonly deafen: () => void
}

export async function startRedisCutter(redisUrl: string): Promise<RedisCutter> {
  const { hostname, port } = new URL(redisUrl)
  let cut: { command: string; when: 'before' | 'after'; also: string; done: () => void } | null = null
  let isDeaf = false
  const open = new Set<Socket>()
  const server = createServer((client) => {
    const redis = connect(Number(port), hostname)
    let said = false
    let mute = false
    let listens = false
    const end = () => {
      client.destroy()
      redis.destroy()
    }
    for (const socket of [client, redis]) {
      open.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        open.delete(socket)
        end()
      })
    }
    client.on('data', (bytes) => {
      const at = cut
      listens ||= says(bytes, 'subscribe')
      if (at !== null && says(bytes, at.also)) said = true
      if (at !== null && said && says(bytes, at.command)) {
        cut = null
        if (at.when === 'before') end()
        else {
          mute = true
          redis.once('data', end)
          redis.write(bytes)
        }
        at.done()
        return
      }
      redis.write(bytes)
    })
    redis.on('data', (bytes) => {
      if (!mute && !(isDeaf && listens)) client.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the cutter has no port')
  return {
    url: `redis://127.0.0.1:${address.port}`,
    cutAt: (command, when, also) => new Promise((done) => (cut = { command, when, also, done })),
    letGo: () => void (cut = null),
    deafen: () => void (isDeaf = true),
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

// Commands travel as bulk strings: the name stands in a line of its own.
const says = (bytes: Buffer, command: string) =>
  bytes.toString('latin1').toLowerCase().includes(`\r\n${command}\r\n`)
