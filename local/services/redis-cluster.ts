/** A Redis Cluster of masters on loopback, for tests: a node can be killed, brought back, or replaced by an empty one. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { findFreePort, isFree } from '../ports.ts'
import { manage, type Managed } from '../managed.ts'
import { findRedis } from './redis-program.ts'
import { ping, settings } from './redis.ts'
import type { ServiceSetup } from './service.ts'

const slots = 16_384
// The others take a node for lost after this long.
const nodeTimeoutMs = 2_000
const agreeWithinMs = 60_000

export interface ClusterNode {
  readonly managed: Managed
  readonly port: number
}

export interface RedisCluster extends AsyncDisposable {
  /** For REDIS_URL. */
  readonly url: string
  /** The master that serves a key, as the cluster says now. */
  readonly nodeOf: (key: string) => Promise<ClusterNode>
  readonly kill: (node: ClusterNode) => Promise<void>
  /** Back with its own file, on its own port. */
  readonly bringBack: (node: ClusterNode) => Promise<void>
  /** An empty node under a new id and on another port takes over all slots of a dead one, as an operator would have it. */
  readonly replace: (node: ClusterNode) => Promise<ClusterNode>
}

interface Known extends ClusterNode {
  readonly folder: string
  id: string
  /** Its slots: first and last. */
  readonly range: readonly [number, number]
}

export async function startRedisCluster(
  setup: Pick<ServiceSetup, 'dataDir' | 'logDir' | 'cacheDir' | 'now' | 'say' | 'signal' | 'ports'>,
  masters = 3,
): Promise<RedisCluster> {
  const program = await findRedis({ ...setup, askedPort: null })
  const nodes: Known[] = []
  let made = 0

  /** The bus of a node is on the port 10,000 above: below 22,768 that is below the range that clients are lent from. */
  async function freePair(): Promise<number> {
    for (;;) {
      const port = await findFreePort()
      if (port < 22_000 && (await isFree(port + 10_000))) return port
    }
  }

  async function startNode(range: readonly [number, number]): Promise<Known> {
    const name = `cluster-node-${++made}`
    const folder = join(setup.dataDir, name)
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const port = await freePair()
    const managed = manage({
      name,
      logFile: join(setup.logDir, `${name}.log`),
      launch: () => ({
        command: program.command,
        args: [...settings(port, folder), ...clusterSettings],
        env: program.env,
        cwd: folder,
      }),
      probe: () => ping(port),
      readyWithinMs: 60_000,
    })
    await managed.start(setup.signal)
    const id = await at(port, (redis) => redis.cluster('MYID'))
    return { managed, port, folder, range, id: String(id) }
  }

  const isAlive = ({ managed }: ClusterNode) => managed.pid !== null
  const alive = () => nodes.filter(isAlive)

  /** Every node that runs serves, and knows this many slots as served. */
  async function untilAgreed(): Promise<void> {
    const end = Date.now() + agreeWithinMs
    for (;;) {
      const states = await Promise.all(alive().map(({ port }) => at(port, (redis) => redis.cluster('INFO'))))
      const ok = (text: unknown) => /cluster_state:ok[^]*cluster_slots_ok:16384/.test(String(text))
      if (states.every(ok)) return
      if (Date.now() > end) throw new Error(`the cluster does not agree: ${states.join('\n')}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async function meet(node: Known, others: readonly Known[]): Promise<void> {
    for (const other of others) {
      await at(node.port, (redis) => redis.cluster('MEET', '127.0.0.1', other.port))
    }
  }

  await using stack = new AsyncDisposableStack()
  stack.defer(async () => {
    await Promise.all(nodes.map(({ managed }) => managed.stop()))
  })
  for (let i = 0; i < masters; i++) {
    const from = Math.floor((i * slots) / masters)
    const to = Math.floor(((i + 1) * slots) / masters) - 1
    const node = await startNode([from, to])
    nodes.push(node)
    await at(node.port, (redis) => redis.cluster('ADDSLOTSRANGE', from, to))
    // Two that begin alike settle who is who by their epochs: each has its own from the start.
    await at(node.port, (redis) => redis.call('CLUSTER', 'SET-CONFIG-EPOCH', String(i + 1)))
  }
  const [first, ...others] = nodes
  if (first === undefined) throw new Error('a cluster has at least one node')
  await meet(first, others)
  await untilAgreed()

  const known = (node: ClusterNode): Known => {
    const its = nodes.find(({ port }) => port === node.port)
    if (its === undefined) throw new Error(`no node on port ${node.port}`)
    return its
  }
  const all = stack.move()
  return {
    url: `redis-cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`,
    async nodeOf(key) {
      const [asked] = alive()
      if (asked === undefined) throw new Error('no node is alive')
      const slot = Number(await at(asked.port, (redis) => redis.cluster('KEYSLOT', key)))
      const its = nodes.find(({ range: [from, to] }) => slot >= from && slot <= to)
      if (its === undefined) throw new Error(`nobody serves slot ${slot}`)
      return its
    },
    kill: (node) => node.managed.kill(),
    async bringBack(node) {
      await node.managed.start(setup.signal)
      await untilAgreed()
    },
    async replace(node) {
      const dead = known(node)
      if (isAlive(dead)) throw new Error('only a dead node is replaced')
      nodes.splice(nodes.indexOf(dead), 1)
      rmSync(dead.folder, { recursive: true, force: true })
      const standing = alive()
      const fresh = await startNode(dead.range)
      // First nobody knows the dead one any more, whose slots are then nobody's; then the new one claims them.
      await Promise.all(standing.map(({ port }) => at(port, (redis) => redis.cluster('FORGET', dead.id))))
      await at(fresh.port, (redis) => redis.cluster('ADDSLOTSRANGE', ...dead.range))
      nodes.push(fresh)
      await meet(fresh, standing)
      await untilAgreed()
      return fresh
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}

const clusterSettings = [
  ...['--cluster-enabled', 'yes', '--cluster-node-timeout', String(nodeTimeoutMs)],
  // Without one of its masters the cluster goes on with the slots of the others.
  ...['--cluster-require-full-coverage', 'no', '--cluster-config-file', 'nodes.conf'],
]

async function at<T>(port: number, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis({ port, host: '127.0.0.1', lazyConnect: true, retryStrategy: null })
  redis.on('error', () => undefined)
  try {
    await redis.connect()
    return await ask(redis)
  } finally {
    redis.disconnect()
  }
}
