/** Finds the node of a Redis Cluster that serves one key now, and connects to it: anew with each reconnect. */
import { connect as connectTcp, Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { AbstractConnector, Redis } from 'ioredis'
import { z } from 'zod'
import type { ClusterAddress, ClusterNode } from './cluster-address.ts'

// One that does not say within this time who serves what is passed over: another one will.
const tellWithinMs = 2_000

const slotsShape = z.array(
  z.tuple([z.number(), z.number(), z.tuple([z.string().nullable(), z.number()], z.unknown())], z.unknown()),
)

/**
 * Whom any of these nodes names as the one that serves the key; and all masters that it knows. What a node says that is
 * cut off from most of them is taken only where no other says anything.
 */
async function askWhoServes(
  address: ClusterAddress,
  nodes: readonly ClusterNode[],
  key: string,
): Promise<{ serves: ClusterNode; masters: readonly ClusterNode[] }> {
  let why: unknown = new Error(`no node of the cluster serves the slot of ${key}`)
  let doubtful: { serves: ClusterNode; masters: readonly ClusterNode[] } | null = null
  for (const node of nodes) {
    const asking = new Redis({
      ...node,
      ...(address.username !== undefined && { username: address.username }),
      ...(address.password !== undefined && { password: address.password }),
      ...(address.isTls && { tls: {} }),
      ...{ connectionName: 'urna-asks', lazyConnect: true, retryStrategy: null, enableReadyCheck: false },
      ...{ connectTimeout: tellWithinMs, commandTimeout: tellWithinMs, maxRetriesPerRequest: 0 },
    })
    // What keeps it from answering is told by the command.
    asking.on('error', () => undefined)
    try {
      const slot = await asking.cluster('KEYSLOT', key)
      const ranges = slotsShape.parse(await asking.cluster('SLOTS')).map(([from, to, [host, port]]) => ({
        ...{ from, to },
        // A node that does not know its own address leaves it out: it is the one that was asked.
        master: { host: host === null || host === '' || host === '?' ? node.host : host, port },
      }))
      const serves = ranges.find(({ from, to }) => slot >= from && slot <= to)?.master
      if (serves === undefined) continue
      const told = { serves, masters: ranges.map(({ master }) => master) }
      if (String(await asking.cluster('INFO')).includes('cluster_state:ok')) return told
      doubtful ??= told
    } catch (error) {
      why = error
    } finally {
      asking.disconnect()
    }
  }
  if (doubtful !== null) return doubtful
  throw why
}

/**
 * A plain connection of ioredis whose address is asked of the cluster, as it is of a sentinel: whoever holds it has to do
 * with one node, loses it alone, and finds its successor by connecting again. ioredis' own Cluster repeats a MULTI by
 * itself when its answer is lost, holds a command for a lost node back for seconds, and takes no pipeline over two nodes.
 */
export function clusterConnector(address: ClusterAddress, key: string) {
  let learned: readonly ClusterNode[] = []
  return class ClusterNodeConnector extends AbstractConnector {
    constructor(options: unknown) {
      super(z.object({ disconnectTimeout: z.number() }).parse(options).disconnectTimeout)
    }

    async connect() {
      this.connecting = true
      try {
        // Those of the address first: what was learned is for the day when all of them have been replaced.
        const { serves, masters } = await askWhoServes(address, [...address.nodes, ...learned], key)
        learned = masters
        if (!this.connecting) throw new Error('the connection was closed meanwhile')
        this.stream = address.isTls ? connectTls({ ...serves, servername: serves.host }) : connectTcp(serves)
        this.stream.once('error', (error: Error) => {
          this.firstError = error
        })
      } catch (error) {
        // A connector that rejects is never asked again; a socket that is closed is.
        this.firstError = error instanceof Error ? error : new Error(String(error))
        this.stream = new Socket()
        this.stream.destroy()
      }
      return this.stream
    }
  }
}
