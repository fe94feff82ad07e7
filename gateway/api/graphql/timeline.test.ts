/** Rules of the timeline: what it holds, and what it costs. */
import pg from 'pg'
import { expect, test } from 'vitest'
import { openDoorHouse, type DoorHouse } from '../../../tests/door-house.ts'
import { databaseUrl, newPoll } from '../../../tests/live-redis.ts'

async function ask(house: DoorHouse, pollId: string, bucket: 'MINUTE' | 'HOUR'): Promise<unknown> {
  const query = `{ timeline(pollId: "${pollId}", bucket: ${bucket}) { at total } }`
  const response = await fetch(`${house.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  })
  return (await response.json()).data.timeline
}

test('TL1 a hundred who ask at the same moment cost one read for each poll and bucket', async () => {
  const reads: string[] = []
  const letGo = Promise.withResolvers<void>()
  await using house = await openDoorHouse({
    async readTimeline({ pollNo }, bucket) {
      reads.push(`${pollNo} ${bucket}`)
      await letGo.promise
      return [{ at: 0, counts: [pollNo, bucket === 'hour' ? 1 : 0] }]
    },
  })
  const polls = [newPoll(), newPoll()]
  for (const poll of polls) house.polls.put(poll)
  const asked = polls.flatMap(({ pollId, pollNo }) =>
    (['MINUTE', 'HOUR'] as const).flatMap((bucket) =>
      Array.from({ length: 25 }, async () => {
        const total = pollNo + (bucket === 'HOUR' ? 1 : 0)
        expect(await ask(house, pollId, bucket)).toEqual([{ at: '1970-01-01T00:00:00.000Z', total }])
      }),
    ),
  )
  // All of them are in the house before the first read ends.
  while (house.answers.length < asked.length) await new Promise((resolve) => setTimeout(resolve, 5))
  letGo.resolve()
  await Promise.all(asked)
  const once = polls.flatMap(({ pollNo }) => [`${pollNo} minute`, `${pollNo} hour`])
  expect(reads.toSorted()).toEqual(once.toSorted())
})

test('TL2 minutes are those of the week that ends with the newest, hours are all', async () => {
  await using house = await openDoorHouse()
  const poll = newPoll()
  house.polls.put(poll)
  const client = new pg.Client(databaseUrl)
  await client.connect()
  for (const minute of ['2026-01-05T20:00Z', '2026-01-05T20:01Z', '2026-01-12T20:00Z']) {
    const row = 'insert into minute_counts (poll_no, minute, shard, counts) values ($1, $2, 0, $3)'
    await client.query(row, [poll.pollNo, minute, [1, 0]])
  }
  await client.end()
  const entry = (at: string) => ({ at: `${at}:00.000Z`, total: 1 })
  expect(await ask(house, poll.pollId, 'MINUTE')).toEqual([
    ...[entry('2026-01-05T20:01'), entry('2026-01-12T20:00')],
  ])
  expect(await ask(house, poll.pollId, 'HOUR')).toEqual([
    ...[{ ...entry('2026-01-05T20:00'), total: 2 }, entry('2026-01-12T20:00')],
  ])
})
