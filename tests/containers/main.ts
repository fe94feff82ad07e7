/** Starts the house of docker-compose.yml, uses it, stops it, and tells what it saw as JSON; containers.test.ts judges. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as rest } from 'node:timers/promises'
import tls from 'node:tls'
import { makeUrnaClient } from '../../contracts/client.ts'
import type { Image } from './build-image.ts'
import { compose, type Told } from './engine.ts'

/** What is seen of the house from outside, when all is ready. */
export interface Seen {
  /** What lies in our image: its folder, and the packages. */
  readonly files: readonly string[]
  readonly packages: readonly string[]
  /** What /version says. */
  readonly version: unknown
  readonly services: readonly Told[]
  readonly readyAfterMs: number
  readonly seedLog: string
  readonly pages: Readonly<Record<string, { readonly status: number; readonly type: string }>>
  readonly polls: readonly string[]
  readonly vote: unknown
  /** What the totals, and the read model (through Kafka), say of that poll. */
  readonly total: number
  readonly readModel: string
  /** Whether the printed sign-in is a moderator's. */
  readonly adminMay: boolean
  /** The poll's votes when the crowd had come. */
  readonly withCrowd: number
  readonly secretsAgain: { readonly code: number; readonly log: string }
  readonly seedAgain: { readonly code: number; readonly log: string }
  readonly memory: Readonly<Record<string, { readonly peakMb: number; readonly rssMb: number } | null>>
  readonly codes: Readonly<Record<string, number>>
}

const [checkout = '', folder = ''] = process.argv.slice(2)
const image = JSON.parse(readFileSync(join(folder, 'image.json'), 'utf8')) as Image
const inImage = (path: string) =>
  [
    ...new Set(
      image.layers
        .filter((layer) => existsSync(join(layer, path)))
        .flatMap((layer) => readdirSync(join(layer, path))),
    ),
  ].sort()
const house = await compose(checkout, folder, image)
const begunAt = performance.now()
const services = await house.up()
const readyAfterMs = Math.round(performance.now() - begunAt)

tls.setDefaultCACertificates([readFileSync(join(folder, 'volumes/tls/certificate.pem'), 'utf8')])
const seedLog = house.log('seed')
const admin = new URL(/Admin +(\S+)/.exec(seedLog)?.[1] ?? '')
const url = admin.origin
const pages: Record<string, { status: number; type: string }> = {}
for (const path of ['/', '/admin/', '/.well-known/jwks.json']) {
  const answer = await fetch(url + path)
  pages[path] = { status: answer.status, type: answer.headers.get('content-type') ?? '' }
}

const version: unknown = await (await fetch(`${url}/version`)).json()
const client = makeUrnaClient({ trpcUrl: `${url}/trpc` })
const polls = await client.trpc.poll.list.query()
const pollId = polls.find(({ slug }) => slug === 'last-song')?.pollId ?? ''
const vote = await client.cast({ pollId, optionId: 'aurora' })
const totalNow = async () => {
  const totals = (await (await fetch(`${url}/api/polls/${pollId}/totals`)).json()) as { total: number }
  return totals.total
}
const total = await untilAtLeast(1, totalNow)
const model = /Read model +(\S+)/.exec(seedLog)?.[1] ?? ''
let readModel = ''
await untilAtLeast(1, async () => {
  readModel = await (await fetch(`${model}/tallies/${pollId}`)).text()
  return /"total":1\b/.test(readModel) ? 1 : 0
})
const adminToken = admin.hash.replace('#token=', '')
const moderator = makeUrnaClient({ trpcUrl: `${url}/trpc`, adminToken })
const adminMay = await moderator.trpc.admin.createPoll
  .mutate({ question: 'May I?', options: ['Yes', 'No'] })
  .then(() => true)

const secretsCode = await house.again('secrets')
const secretsAgain = { code: secretsCode, log: house.log('secrets') }
const seedCode = await house.again('seed')
const seedAgain = { code: seedCode, log: house.log('seed') }
const crowd = await house.up('crowd')
const withCrowd = await untilAtLeast(2, totalNow)
const memory = Object.fromEntries([...house.running].map(([name, its]) => [name, its.memory()]))
const codes = await house.stop()

const seen: Seen = {
  ...{ files: inImage('app'), packages: inImage('app/node_modules'), version },
  ...{
    services: [...services, ...crowd],
    readyAfterMs,
    seedLog,
    pages,
    polls: polls.map(({ slug }) => slug),
  },
  ...{ vote, total, readModel, adminMay, withCrowd, secretsAgain, seedAgain, memory, codes },
}
writeFileSync(join(folder, 'seen.json'), JSON.stringify(seen))
process.exit(0)

async function untilAtLeast(least: number, ask: () => Promise<number>): Promise<number> {
  for (const giveUpAt = Date.now() + 60_000; ; await rest(100)) {
    const now = await ask()
    if (now >= least) return now
    if (Date.now() > giveUpAt) throw new Error(`not within a minute: at least ${least}; it is ${now}`)
  }
}
