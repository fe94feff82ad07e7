/** `docker compose up`, of docker-compose.yml as it stands, without Docker: networks, volumes, order, health. */
import { chownSync, mkdirSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import { startSandbox, run, type Running } from './in-namespaces.ts'
import { standInFor, type StandIn } from './other-images.ts'
import type { Image } from './build-image.ts'
import { readCompose, type Compose, type Service } from './read-compose.ts'

export interface Told {
  readonly service: string
  /** How it was started. */
  readonly with: string
  readonly uid: number
  readonly command: string
  /** Since it was started: until its health check passed, or until it had ended well. */
  readonly ms: number
  readonly until: 'healthy' | 'completed' | 'running'
  /** Whom it waited for. */
  readonly after: readonly string[]
}
export interface Composed {
  /** Starts what is not in a profile, or what is in this one; resolves when all are healthy or have ended well. */
  readonly up: (profile?: string) => Promise<readonly Told[]>
  /** Runs a service that ends once more, as the next `up` would. */
  readonly again: (service: string) => Promise<number>
  readonly running: ReadonlyMap<string, Running>
  readonly log: (service: string) => string
  /** Each behind those that depend on it, as `down` does; resolves to the exit codes. */
  readonly stop: () => Promise<Record<string, number>>
}

const stopSignals: Readonly<Record<string, NodeJS.Signals>> = { postgres: 'SIGINT', nginx: 'SIGQUIT' }
/** The image gives them to its user. */
const madeForOurs = ['/run/urna', '/run/urna/tls', '/run/urna/passwords']
const healthyWithinMs = 120_000
const askEveryMs = 1_000 // start_interval of the file

export async function compose(checkout: string, folder: string, ours: Image): Promise<Composed> {
  const file = readCompose(readFileSync(join(checkout, 'docker-compose.yml'), 'utf8'))
  const names = Object.keys(file.services)
  const networks = openNetworks(file)
  const running = new Map<string, Running>()
  const images = new Map<string, StandIn>()
  const nodeLayers = ours.layers.slice(-1)
  for (const { image, build } of Object.values(file.services))
    if (build === undefined && !images.has(image))
      images.set(image, await standInFor(image, join(folder, 'layers/images'), nodeLayers))
  const own: StandIn = {
    ...ours,
    ...{
      what: 'our image',
      entry: [],
      owned: Object.fromEntries(madeForOurs.map((folder) => [folder, ours.user])),
    },
  }
  const serviceOf = (name: string): Service => {
    const service = file.services[name]
    if (service === undefined) throw new Error(`There is no service ${name}`)
    return service
  }
  const imageOf = ({ image, build }: Service) => (build === undefined ? images.get(image) : own) ?? own
  const startsOf = new Map<string, number>()

  async function begin(name: string): Promise<Running> {
    const service = serviceOf(name)
    const image = imageOf(service)
    const count = (startsOf.get(name) ?? 0) + 1
    startsOf.set(name, count)
    const its = join(folder, 'layers/containers', `${name}-${count}`)
    mkdirSync(its, { recursive: true })
    const started = await startSandbox(name, {
      ...{ folder: its, layers: image.layers, user: image.user, workdir: image.workdir },
      mounts: service.volumes.map((text) => mountOf(text, image)),
      // Whoever may write may do so in /tmp; its content here is this machine's.
      hidden: ['/tmp'],
      ...{ tmpfs: service.read_only ? service.tmpfs : ['/tmp'], isReadOnly: service.read_only },
      environment: { ...image.environment, ...service.environment },
      command: commandOf(service, image),
      network: { links: networks.linksOf(name), hosts: networks.hostsFor(name) },
      memoryMb: Number.parseInt(service.mem_limit),
    })
    running.set(name, started)
    return started
  }

  function mountOf(text: string, image: StandIn) {
    const [source = '', to = '', mode] = text.split(':')
    const isReadOnly = mode === 'ro'
    if (source.startsWith('.')) return { from: join(checkout, source), to, isReadOnly }
    if (!(source in file.volumes)) throw new Error(`There is no volume ${source}`)
    const from = join(folder, 'volumes', source)
    // A new volume takes its owner from the folder of the image that it is mounted over.
    if (mkdirSync(from, { recursive: true }) !== undefined) {
      const { uid, gid } = image.owned[to] ?? { uid: 0, gid: 0 }
      chownSync(from, uid, gid)
    }
    return { from, to, isReadOnly }
  }

  async function becomeHealthy(name: string, test: readonly string[], its: Running): Promise<void> {
    const giveUpAt = Date.now() + healthyWithinMs
    const command = test[0] === 'CMD-SHELL' ? ['sh', '-c', test[1] ?? ''] : test.slice(1)
    const ended = its.end.then((code) => `ended with ${code}`)
    for (;;) {
      const answer = await Promise.race([its.exec(command), ended])
      if (answer === 0) return
      const isOver = typeof answer === 'string' || Date.now() > giveUpAt
      if (isOver) throw new Error(`${name} did not become healthy (${answer}):\n${its.log().slice(-3_000)}`)
      await rest(askEveryMs)
    }
  }

  async function start(name: string): Promise<Omit<Told, 'after'>> {
    const service = serviceOf(name)
    const image = imageOf(service)
    const startedAt = performance.now()
    const its = await begin(name)
    const isOnce = service.restart === 'no'
    const test = testOf(service, image)
    if (isOnce) {
      const code = await its.end
      if (code !== 0) throw new Error(`${name} ended with ${code}:\n${its.log().slice(-3_000)}`)
    } else if (test !== null) await becomeHealthy(name, test, its)
    const { uid } = image.user
    return {
      ...{ service: name, with: image.what, uid, command: commandOf(service, image).join(' ') },
      ms: Math.round(performance.now() - startedAt),
      until: isOnce ? 'completed' : test === null ? 'running' : 'healthy',
    }
  }

  const states = new Map<string, Promise<Told>>()
  /** Once for each service, behind those that it depends on. */
  function started(name: string): Promise<Told> {
    const known = states.get(name)
    if (known !== undefined) return known
    const after = Object.entries(serviceOf(name).depends_on)
    const state = Promise.all(
      after.map(async ([other, { condition }]) => {
        const { until } = await started(other)
        const isMet = condition === 'service_healthy' ? until === 'healthy' : until === 'completed'
        if (!isMet) throw new Error(`${name} waits for ${other} to be ${condition}, but it is ${until}`)
      }),
    ).then(async () => ({ ...(await start(name)), after: after.map(([other]) => other) }))
    states.set(name, state)
    return state
  }

  return {
    running,
    log: (service) => running.get(service)?.log() ?? '',
    async up(profile) {
      const wanted = names.filter((name) => {
        const { profiles } = serviceOf(name)
        return profile === undefined ? profiles.length === 0 : profiles.includes(profile)
      })
      return Promise.all(wanted.map(started))
    },
    async again(service) {
      running.get(service)?.forget()
      return (await begin(service)).end
    },
    async stop() {
      const codes: Record<string, number> = {}
      const stopped = new Map<string, Promise<void>>()
      async function stopOne(name: string): Promise<void> {
        await Promise.all(names.filter((other) => name in serviceOf(other).depends_on).map(stopAfterItsOwn))
        const its = running.get(name)
        if (its === undefined) return
        its.child.kill(stopSignals[serviceOf(name).image.split(':')[0] ?? ''] ?? 'SIGTERM')
        const late = rest(60_000, 'late' as const, { ref: false })
        if ((await Promise.race([its.end, late])) === 'late') its.child.kill('SIGKILL')
        codes[name] = await its.end
        its.forget()
      }
      function stopAfterItsOwn(name: string): Promise<void> {
        const stop = stopped.get(name) ?? stopOne(name)
        stopped.set(name, stop)
        return stop
      }
      await Promise.all(names.map(stopAfterItsOwn))
      networks.close()
      return codes
    },
  }

  function openNetworks({ services, networks }: Compose) {
    const bridges = new Map(
      Object.keys(networks).map((name, i) => [name, { bridge: `urna-${i + 1}`, net: `10.77.${i + 1}` }]),
    )
    run('ip', 'link', 'set', 'lo', 'up')
    for (const { bridge, net } of bridges.values()) {
      run('ip', 'link', 'add', bridge, 'type', 'bridge')
      run('ip', 'addr', 'add', `${net}.1/24`, 'dev', bridge)
      run('ip', 'link', 'set', bridge, 'up')
    }
    const all = Object.keys(services)
    const linksOf = (name: string) => {
      const service = services[name]
      if (service?.network_mode === 'none') return []
      return (service?.networks ?? []).map((network) => {
        const { bridge, net } = bridges.get(network) ?? { bridge: '', net: '' }
        return { network, bridge, address: `${net}.${all.indexOf(name) + 10}/24` }
      })
    }
    const bare = (address: string) => address.split('/')[0] ?? ''
    const forwards = all.flatMap((name) =>
      (services[name]?.ports ?? []).map((text) => {
        const [address = '', outside = '', inside = ''] = text.split(':')
        const [front] = linksOf(name).filter(({ network }) => network === 'front')
        if (front === undefined) throw new Error(`${name} has a port, and no network that can be reached`)
        return forward(
          { host: address, port: Number(outside) },
          { host: bare(front.address), port: Number(inside) },
        )
      }),
    )
    return {
      linksOf,
      /** Whom it can reach, by name; of two networks the first that both are in. */
      hostsFor(name: string) {
        const mine = new Set(linksOf(name).map(({ network }) => network))
        const lines = all.flatMap((other) => {
          const [link] = linksOf(other).filter(({ network }) => mine.has(network))
          return link === undefined ? [] : [`${bare(link.address)} ${other}\n`]
        })
        return ['127.0.0.1 localhost\n', ...lines].join('')
      },
      close: () => forwards.forEach((server) => server.close()),
    }
  }
}

/** A published port. */
function forward(from: { host: string; port: number }, to: { host: string; port: number }) {
  const server = createServer((outside) => {
    const inside = connect(to)
    outside.pipe(inside).pipe(outside)
    for (const socket of [outside, inside]) socket.on('error', () => (outside.destroy(), inside.destroy()))
  })
  return server.listen(from.port, from.host)
}

const commandOf = ({ command }: Service, image: StandIn) => [
  ...image.entry,
  ...(command.length === 0 ? image.command : command),
]

function testOf({ healthcheck }: Service, image: StandIn): readonly string[] | null {
  if (healthcheck === undefined) return image.healthcheck === null ? null : ['CMD', ...image.healthcheck]
  return 'test' in healthcheck ? healthcheck.test : null
}
