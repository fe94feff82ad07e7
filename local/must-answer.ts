/** Makes sure that a service is there at all, before work begins on it that would end in a stack. */
import { connect } from 'node:net'
import { Trouble } from './trouble.ts'

const withinMs = 5_000

/** Of what `postgres://` addresses; null where it is a socket of this machine. */
export function hostOf(databaseUrl: string): string | null {
  if (!URL.canParse(databaseUrl)) return null
  const { hostname, port } = new URL(databaseUrl)
  return hostname === '' ? null : `${hostname}:${port || '5432'}`
}

/** Rejects with Trouble where none of these (`host:port`) takes a connection. */
export async function mustAnswer(name: string, hosts: readonly string[]): Promise<void> {
  await Promise.any(hosts.map(reach)).catch(() => {
    throw new Trouble(`${name} does not answer at ${hosts.join(', ')}.`)
  })
}

function reach(address: string): Promise<void> {
  const at = address.lastIndexOf(':')
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1')
  const { promise, resolve, reject } = Promise.withResolvers<undefined>()
  const socket = connect({ host, port: Number(address.slice(at + 1)) })
  socket.setTimeout(withinMs, () => reject(new Error('no answer in time')))
  socket.once('connect', () => resolve(undefined)).once('error', reject)
  return promise.finally(() => socket.destroy())
}
