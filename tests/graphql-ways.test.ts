/** The rules of all ways to follow a count, at real gateways with the stock clients: one serialisation, and no way that a death ends. */
import { createClient as createSseClient } from 'graphql-sse'
import { createClient as createWsClient } from 'graphql-ws'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { WebSocket } from 'ws'
import { startHouse, until, voterAt, type Door, type House } from './house.ts'

let house: House
let door: Door
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  await house.workers()
})
afterAll(() => house[Symbol.asyncDispose]())

const query = 'subscription T($id: ID!) { tally(pollId: $id) { total } }'
const metric = async (name: string) => {
  const page = await (await fetch(`${door.url}/metrics`)).text()
  return Number(new RegExp(`^${name}\\{[^}]*} (\\d+)$`, 'm').exec(page)?.[1])
}
const vote = (pollId: string) => voterAt(door).cast({ pollId, optionId: 'samba', voteId: uuidv7() })
const wsClientAt = (url: string) =>
  createWsClient({
    ...{ url: `${url.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket, retryAttempts: 1_000 },
    // It gives up where nobody listens, unless it is told not to.
    shouldRetry: () => true,
    retryWait: () => new Promise((resolve) => setTimeout(resolve, 100)),
  })
interface Client {
  readonly iterate: (asked: {
    query: string
    variables: Record<string, unknown>
  }) => AsyncIterableIterator<unknown>
}
/** The totals that a client is shown, as they come. */
function follow(client: Client, pollId: string) {
  const totals: number[] = []
  const results = client.iterate({ query, variables: { id: pollId } })
  const ended = (async () => {
    for await (const result of results)
      totals.push((result as { data: { tally: { total: number } } }).data.tally.total)
  })()
  ended.catch(() => undefined)
  return {
    totals,
    has: (total: number) => until(`${total} votes`, async () => totals.at(-1) === total),
    stop: () => results.return?.(),
  }
}

describe('the ways to follow a count', () => {
  it('GW1 who asks the same by events and by sockets shares one serialisation of each state', async () => {
    const { pollId } = await house.openPoll(door)
    const clients = [
      ...Array.from({ length: 3 }, () => wsClientAt(door.url)),
      ...Array.from({ length: 3 }, () => createSseClient({ url: `${door.url}/graphql` })),
    ]
    const before = await metric('urna_frames_total')
    const followed = clients.map((client) => follow(client, pollId))
    for (const { has } of followed) await has(0)
    await vote(pollId)
    for (const { has } of followed) await has(1)
    expect(await metric('urna_viewers')).toBe(6)
    expect(await metric('urna_audiences')).toBe(1)
    // Each saw both states, which were serialised once each.
    expect(followed.map(({ totals }) => totals)).toEqual(Array.from({ length: 6 }, () => [0, 1]))
    expect((await metric('urna_frames_total')) - before).toBe(2)
    for (const { stop } of followed) await stop()
    for (const client of clients) await client.dispose()
  })

  it('GW2 a viewer by socket goes on with a snapshot after his gateway was killed', async () => {
    const { pollId } = await house.openPoll(door)
    const client = wsClientAt(door.url)
    const { has, totals, stop } = follow(client, pollId)
    await has(0)
    await vote(pollId)
    await has(1)
    const other = await house.gateway()
    await door.process.kill()
    await voterAt(other).cast({ pollId, optionId: 'samba', voteId: uuidv7() })
    door = await house.gateway({ port: Number(new URL(door.url).port) })
    await has(2)
    expect(totals).toEqual(totals.toSorted((a, b) => a - b))
    await stop()
    await client.dispose()
  })

  it('GW3 all counts of one client come on one connection, whichever process of the port it reaches', async () => {
    const shared = await house.gateway({ env: { GATEWAY_PROCESSES: '2' } })
    const polls = [await house.openPoll(shared), await house.openPoll(shared), await house.openPoll(shared)]
    const client = createSseClient({ url: `${shared.url}/graphql`, singleConnection: true, retryAttempts: 0 })
    const followed = polls.map(({ pollId }) => follow(client, pollId))
    for (const { has } of followed) await has(0)
    for (const { pollId } of polls) {
      await voterAt(shared).cast({ pollId, optionId: 'samba', voteId: uuidv7() })
    }
    for (const { has } of followed) await has(1)
    // One of the two has it, and both are told of together.
    await until('one stream', async () => {
      const page = await (await fetch(`${shared.url}/metrics`)).text()
      return /^urna_single_streams\{[^}]*} 1$/m.test(page)
    })
    for (const { stop } of followed) await stop()
    client.dispose()
  })
})
