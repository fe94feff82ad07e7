/** Must show: every way to read a count tells each reader what the poll's rule lets him see, and nothing else. */
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { topics } from '../contracts/events.ts'
import { makeTestIdentity } from '../gateway/sessions/test-identity.ts'
import { findFreePort } from '../local/ports.ts'
import { queueWorkersProcess } from '../local/processes.ts'
import { shownTotal } from './counts.ts'
import { openDoorHouse } from './door-house.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'
import { untilRead } from './read-model-house.ts'
import { readAll } from './read-topic.kafka.ts'
import {
  essence,
  graphqlWays,
  httpWays,
  trpcWays,
  type Answer,
  type Ask,
  type AskedPoll,
} from './ways-to-read.ts'
import {
  metricRows,
  readers,
  render,
  rows,
  situations,
  topicRows,
  type Reader,
  type Told,
} from './who-sees-what.ts'

const identitySecret = 'a secret that vouches for anyone in tests'
const identityToken = makeTestIdentity(identitySecret, 'someone')

async function procedures() {
  await using house = await openDoorHouse()
  return house.router._def.procedures
}

/**
 * Three polls under the same rule. The first two have as many votes, for other options: who can tell them apart sees
 * counts. The third has fewer: who can tell it from the first sees at least the turnout.
 */
const twins = [
  ['a', 'a', 'a', 'b'],
  ['a', 'b', 'b', 'b'],
  ['a', 'b'],
] as const
type Twins = readonly AskedPoll[]

async function openTwins(house: House, door: Door) {
  const { trpc } = adminAt(door)
  const voters = Array.from({ length: 4 }, () => voterAt(door))
  /** One after the other: each vote is a batch of its own, so that equally many votes have the same version. */
  async function openPoll(
    visibility: (typeof situations)[number]['visibility'],
    votes: readonly string[],
  ): Promise<AskedPoll> {
    const slug = `twin-${uuidv7()}`
    const made = { question: 'Which?', options: ['a', 'b'], slug, visibility }
    const { pollId } = await trpc.admin.createPoll.mutate(made)
    await trpc.admin.openPoll.mutate({ pollId })
    const voteIds: string[] = []
    for (const [i, optionId] of votes.entries()) {
      const voteId = uuidv7()
      expect(await voters[i]?.cast({ pollId, optionId, voteId })).toMatchObject({ accepted: true })
      voteIds.push(voteId)
    }
    return { pollId, slug, voteId: voteIds[0] ?? '' }
  }
  const all: { readonly name: string; readonly polls: Twins }[] = []
  for (const { name, visibility, phase } of situations) {
    const polls: AskedPoll[] = []
    for (const votes of twins) {
      const poll = await openPoll(visibility, votes)
      if (phase !== 'open') await trpc.admin.closePoll.mutate({ pollId: poll.pollId })
      if (phase === 'revealed') await trpc.admin.revealPoll.mutate({ pollId: poll.pollId })
      polls.push(poll)
    }
    all.push({ name, polls })
  }
  for (const { polls } of all) {
    for (const [i, { pollId }] of polls.entries()) {
      await until('counted', async () => (await shownTotal(house, pollId)) === twins[i]?.length)
    }
  }
  const passerBy = await voterAt(door).startSession()
  const tokens: Readonly<Record<Reader, string | null>> = {
    ...{ moderator: secrets.ADMIN_TOKEN, voter: voters[0]?.session()?.token ?? '' },
    ...{ session: passerBy.token, stranger: null },
  }
  return { all, tokens, openPoll }
}

/** By what differs between the answers about the three. */
function classify([first = '', second = '', third = '']: readonly string[]): Told {
  if (first !== second) return 'counts'
  return first !== third ? 'turnout' : 'nothing'
}

/** What changes something is done in turn: votes that come at once would lie in one batch. */
async function forEach<T, R>(
  how: 'at once' | 'in turn',
  list: readonly T[],
  deed: (one: T) => Promise<R>,
): Promise<R[]> {
  if (how === 'at once') return Promise.all(list.map(deed))
  const done: R[] = []
  for (const one of list) done.push(await deed(one))
  return done
}

async function tellsOf(
  how: 'at once' | 'in turn',
  ask: (poll: AskedPoll) => Promise<Answer>,
  polls: Twins,
  isOfAll: boolean,
): Promise<Told> {
  const answers = await forEach(how, polls, async (poll) => ({ poll, ...(await ask(poll)) }))
  if (answers.every(({ refused }) => refused)) return 'refused'
  if (isOfAll) {
    const text = JSON.stringify(answers.map(({ body }) => body))
    return polls.some(({ pollId, slug }) => text.includes(pollId) || text.includes(slug)) ? 'counts' : 'all'
  }
  return classify(answers.map(({ body, poll }) => essence(body, poll.pollId)))
}

it('Y1 every way to read that schema, router and door have has a row, and every row is a way', async () => {
  const { telling, changing } = trpcWays(await procedures(), identityToken)
  const ways = [...graphqlWays(), ...telling, ...changing, ...httpWays()].map(([way]) => way)
  expect(Object.keys(rows).sort()).toEqual(ways.sort())
  const named = Object.values(topics).map(({ topic }) => topic)
  expect(Object.keys(topicRows).sort()).toEqual([...named].sort())
})

it('Y2 each way tells each reader what its row says: asked of a real house in every situation', async () => {
  await using house = await startHouse({ kafka: true, readModel: true })
  const door = await house.gateway({ env: { TEST_IDENTITY_SECRET: identitySecret } })
  await using workers = await openWorkers(house)
  const { all, tokens, openPoll } = await openTwins(house, door)
  await untilRead(house)
  const { telling, changing } = trpcWays(await procedures(), identityToken)

  const found: Record<string, Told> = {}
  const expected: Record<string, Told> = {}
  const cells = situations.flatMap((situation, i) =>
    readers.map((reader) => ({ situation, reader, polls: all[i]?.polls ?? [] })),
  )
  const askAll = async (how: 'at once' | 'in turn', ways: ReadonlyMap<string, Ask>) => {
    for (const [way, ask] of ways) {
      await forEach(how, cells, async ({ situation, reader, polls }) => {
        const cell = `${way} | ${situation.name} | ${reader}`
        const says = rows[way]?.(situation, reader) ?? 'refused'
        expected[cell] = says
        const askAs = (poll: AskedPoll) => ask(door.url, tokens[reader], poll)
        found[cell] = await tellsOf(how, askAs, polls, says === 'all')
      })
    }
  }
  await askAll('at once', new Map([...graphqlWays(), ...telling, ...httpWays()]))
  expect(found).toEqual(expected)

  await readMetrics([door.url, workers.url])

  // The publisher tells of what changed in one go: once this is told, so is, or was withheld, all that came before.
  const marker = await openPoll('live', ['a'])
  const brokers = house.services.kafkaBrokers ?? ''
  await until('the marker is told', async () => {
    const told = await readAll(brokers, topics.tallies.topic)
    return told.some(({ key }) => key === marker.pollId)
  })
  const asked = all.flatMap(({ polls }) => polls)
  await until('every poll is anchored', async () => {
    const told = await readAll(brokers, topics.anchors.topic)
    return asked.every(({ pollId }) => told.some(({ key }) => key === pollId))
  })
  for (const topic of Object.keys(topicRows)) {
    const messages = await readAll(brokers, topic)
    const ofPoll = ({ pollId }: AskedPoll) =>
      essence(
        messages.filter(({ key }) => key === pollId).map(({ value }): unknown => JSON.parse(value)),
        pollId,
      )
    for (const [i, situation] of situations.entries()) {
      const cell = `${topic} | ${situation.name}`
      expected[cell] = topicRows[topic]?.(situation) ?? 'refused'
      found[cell] = classify((all[i]?.polls ?? []).map(ofPoll))
    }
  }
  expect(found).toEqual(expected)

  await askAll('in turn', changing)
  expect(found).toEqual(expected)
}, 400_000)

it('Y3 the page that says so is written from the same table', async () => {
  await expect(render()).toMatchFileSnapshot('../docs/who-sees-what.md')
})

/** Workers whose pages can be read. */
async function openWorkers({ services, dataDir, readModelUrl }: House) {
  const port = await findFreePort()
  const { databaseUrl, redisUrl, kafkaBrokers, talliesDatabaseUrl } = services
  const readModel = { databaseUrl: talliesDatabaseUrl ?? '', port: Number(new URL(readModelUrl).port) }
  const ground = { checkout: process.cwd(), logDir: dataDir, databaseUrl, redisUrl, kafkaBrokers, readModel }
  const workers = queueWorkersProcess(ground, { port, secrets, env: { ANCHOR_EVERY_MS: '500' } })
  await workers.start()
  return { url: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: () => workers.stop() }
}

/** Every metric of ours has a row, and none has a label that could name a poll. */
async function readMetrics(urls: readonly string[]): Promise<void> {
  const names = new Set<string>()
  const labels = new Set<string>()
  for (const url of urls) {
    const text = await (await fetch(`${url}/metrics`)).text()
    for (const [, name = ''] of text.matchAll(/^# TYPE (\w+)/gm)) {
      if (!/^(?:nodejs|process)_/.test(name)) names.add(name)
    }
    for (const [, its = ''] of text.matchAll(/^urna_\w+\{([^}]*)\}/gm)) {
      for (const [, label = ''] of its.matchAll(/(\w+)="/g)) labels.add(label)
    }
  }
  expect([...names].sort()).toEqual([...metricRows].sort())
  expect([...labels].sort()).toEqual(['answer', 'le', 'process'])
}
