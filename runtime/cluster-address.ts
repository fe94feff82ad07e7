/** Reads the address of a Redis Cluster. */

/** What an address such as redis-cluster://user:password@one:7000,two:7000 says; rediss-cluster:// speaks TLS. */
export interface ClusterAddress {
  readonly nodes: readonly ClusterNode[]
  readonly username?: string
  readonly password?: string
  readonly isTls: boolean
}
export interface ClusterNode {
  readonly host: string
  readonly port: number
}

const addressForm = /^redis(s?)-cluster:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#@]+)\/?$/
const nodeForm = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+):(\d{1,5})$/i

/** Null where it is no such address. */
export function readClusterAddress(url: string): ClusterAddress | null {
  const [, tls, username, password, list = ''] = addressForm.exec(url) ?? []
  const nodes = list.split(',').map((text) => {
    const [, host, port] = nodeForm.exec(text.trim()) ?? []
    return host === undefined ? null : { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
  })
  const known = nodes.filter((node) => node !== null)
  if (known.length === 0 || known.length < nodes.length) return null
  return {
    nodes: known,
    ...(username && { username: decodeURIComponent(username) }),
    ...(password !== undefined && { password: decodeURIComponent(password) }),
    isTls: tls === 's',
  }
}
