/** Finds the addresses under which other devices reach this machine, and draws one as a QR code. */
import { networkInterfaces } from 'node:os'
import { renderUnicodeCompact } from 'uqr'

type Interfaces = ReturnType<typeof networkInterfaces>

/** IPv4 addresses, those of home and office networks first: a phone in the same room reaches these. */
export function lanAddresses(interfaces: Interfaces = networkInterfaces()): string[] {
  const addresses = Object.entries(interfaces).flatMap(([name, all = []]) =>
    all.flatMap(({ family, internal, address }) =>
      family !== 'IPv4' || internal ? [] : [{ address, rank: rankOf(name, address) }],
    ),
  )
  return addresses.sort((a, b) => a.rank - b.rank).map(({ address }) => address)
}

// RFC 1918's private networks; link-local (169.254) is what a machine gives itself when nobody else gives it one.
const privateNetwork = /^(?:192\.168|10|172\.(?:1[6-9]|2\d|3[01]))\./
const virtual = /^(?:docker|br-|veth|virbr|tun|tailscale|zt)/

function rankOf(name: string, address: string): number {
  if (address.startsWith('169.254.')) return 3
  if (virtual.test(name)) return 2
  return privateNetwork.test(address) ? 0 : 1
}

/** What `npm start -- --lan` adds to its welcome. */
export function lanWelcome(addresses: readonly string[], port: number): string {
  const [first, ...others] = addresses.map((address) => `http://${address}:${port}/`)
  if (first === undefined) {
    return '  In the room   this machine has no address in a network: connect it, and start again\n'
  }
  const more = others.length === 0 ? '' : `                or ${others.join(', ')}\n`
  const code = renderUnicodeCompact(first, { border: 2 })
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n')
  return `  In the room   ${first}\n${more}\n${code}\n\n`
}
