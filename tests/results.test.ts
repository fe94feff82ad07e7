/** The weighted result, from votes through the HTTP door to what GraphQL tells of it. */
import { v7 as uuidv7 } from 'uuid'
import { expect, it } from 'vitest'
import { makeTestIdentity } from '../gateway/sessions/test-identity.ts'
import { shownTotal } from './counts.ts'
import { adminAt, startHouse, until, type Door } from './house.ts'

const identitySecret = 'a secret that vouches for anyone in tests'

// A group's worth at a time, so that the votes are not paced by how long a group takes.
const crowd = 250

/** Votes of each box in the final of Big Brother Brasil 25, of 10,000: see the shares in the test. */
const finals = {
  verified: { renata: 4_238, guilherme: 5_140, 'joao-pedro': 622 },
  fans: { renata: 6_141, guilherme: 3_537, 'joao-pedro': 322 },
} as const

async function call<T>(door: Door, procedure: string, input: object, token?: string): Promise<T> {
  const response = await fetch(`${door.trpcUrl}/${procedure}`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(input),
  })
  const { result } = (await response.json()) as { result: { data: T } }
  return result.data
}

async function vote(door: Door, token: string, pollId: string, box: string, optionId: string): Promise<void> {
  const answer = await call(door, 'vote.cast', { pollId, box, optionId, voteId: uuidv7() }, token)
  expect(answer).toMatchObject({ accepted: true, remaining: box === 'verified' ? 0 : null })
}

/** Does `deed` for each of the list, so many of them at a time. */
async function atATime<T>(many: number, list: readonly T[], deed: (one: T) => Promise<void>): Promise<void> {
  const left = [...list.entries()]
  const work = async () => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await deed(next[1])
  }
  await Promise.all(Array.from({ length: many }, work))
}

const votesOf = (box: keyof typeof finals) =>
  Object.entries(finals[box]).flatMap(([optionId, votes]) => new Array<string>(votes).fill(optionId))

it('RS1 the final of 2025, cast as 20,000 votes, is read back as it was announced, and as other weights would have it', async () => {
  await using house = await startHouse()
  const door = await house.gateway({ env: { TEST_IDENTITY_SECRET: identitySecret } })
  await house.workers()
  const { trpc } = adminAt(door)
  const box = (boxId: 'verified' | 'fans') => ({
    ...{ boxId, weight: 5_000, voters: boxId === 'fans' ? ('device' as const) : ('verified' as const) },
    limit: boxId === 'fans' ? null : { votes: 1, perSeconds: null },
  })
  const { pollId } = await trpc.admin.createPoll.mutate({
    question: 'Who wins?',
    options: ['Renata', 'Guilherme', 'João Pedro'],
    boxes: [box('verified'), box('fans')],
  })
  await trpc.admin.openPoll.mutate({ pollId })

  let voters = 0
  await atATime(crowd, votesOf('verified'), async (optionId) => {
    const identityToken = makeTestIdentity(identitySecret, `voter ${++voters}`)
    const { token } = await call<{ token: string }>(door, 'session.verify', { identityToken })
    await vote(door, token, pollId, 'verified', optionId)
  })
  const fans = await Promise.all(
    Array.from({ length: 7 }, () => call<{ token: string }>(door, 'session.start', {})),
  )
  let cast = 0
  await atATime(crowd, votesOf('fans'), (optionId) =>
    vote(door, fans[cast++ % fans.length]?.token ?? '', pollId, 'fans', optionId),
  )
  await until('all are counted', async () => (await shownTotal(house, pollId)) === 20_000)

  const of = 'options { optionId share rank isTied } boxes { boxId weight effectiveWeight options { share } }'
  const query = `query ($id: ID!) { poll(id: $id) { boxes { weight } } tally(pollId: $id) {
    total boxes { boxId total options { optionId votes } }
    even: result { ${of} } heavy: result(weights: [7000, 3000]) { ${of} }
    before: result(weights: [7427, 2573]) { ${of} } after: result(weights: [7428, 2572]) { ${of} } } }`
  const answer = await fetch(`${door.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables: { id: pollId } }),
  })
  const { tally, poll } = (await answer.json()).data
  expect(tally.total).toBe(20_000)
  const counted = (tally.boxes as { boxId: string; options: { optionId: string; votes: number }[] }[]).map(
    ({ boxId, options }) => [boxId, Object.fromEntries(options.map((one) => [one.optionId, one.votes]))],
  )
  expect(Object.fromEntries(counted)).toEqual(finals)
  const shares = (result: { options: { optionId: string; share: number }[] }) =>
    result.options.map(({ optionId, share }) => [optionId, (share / 100).toFixed(2)])
  expect(shares(tally.even)).toEqual([
    ['renata', '51.90'],
    ['guilherme', '43.38'],
    ['joao-pedro', '4.72'],
  ])
  expect(tally.even.boxes).toEqual([
    { ...{ boxId: 'verified', weight: 5_000, effectiveWeight: 5_000 }, options: parts(4_238, 5_140, 622) },
    { ...{ boxId: 'fans', weight: 5_000, effectiveWeight: 5_000 }, options: parts(6_141, 3_537, 322) },
  ])
  expect(shares(tally.heavy).slice(0, 2)).toEqual([
    ['renata', '48.09'],
    ['guilherme', '46.59'],
  ])
  const winner = (result: { options: { optionId: string; rank: number; isTied: boolean }[] }) =>
    result.options.flatMap(({ optionId, rank, isTied }) => (rank === 1 && !isTied ? optionId : []))
  expect([winner(tally.before), winner(tally.after)]).toEqual([['renata'], ['guilherme']])
  // What if changes nothing.
  expect(poll.boxes).toEqual([{ weight: 5_000 }, { weight: 5_000 }])
  // 30,000 requests take half a minute on a quiet machine.
}, 400_000)

const parts = (...shares: number[]) => shares.map((share) => ({ share }))
