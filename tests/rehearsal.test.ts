/** The rule of rehearsals: their votes take the whole way, carry a mark everywhere, and enter no result. */
import { expect, it } from 'vitest'
import { topics } from '../contracts/events.ts'
import { untilCounted } from './counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from './house.ts'
import { readAll } from './read-topic.kafka.ts'

async function openPoll(door: Door, isRehearsal: boolean): Promise<string> {
  const { trpc } = adminAt(door)
  const made = { question: `Which? ${isRehearsal}`, options: ['a', 'b'], isRehearsal }
  const { pollId } = await trpc.admin.createPoll.mutate(made)
  await trpc.admin.openPoll.mutate({ pollId })
  return pollId
}

/** What a topic's messages about a poll say, once there is one. */
async function told(
  house: House,
  { topic }: { readonly topic: string },
  pollId: string,
): Promise<{ data: object }[]> {
  return until(`${topic} tells of ${pollId}`, async () => {
    const messages = await readAll(house.services.kafkaBrokers ?? '', topic)
    const its = messages.filter(({ key }) => key === pollId)
    return its.length > 0 && its.map(({ value }) => JSON.parse(value) as { data: object })
  })
}

it('Y4 a rehearsal is marked in ledger, events, tallies and totals, and has no result; no other poll is', async () => {
  await using house = await startHouse({ kafka: true })
  const door = await house.gateway()
  await house.workers()
  for (const isRehearsal of [true, false]) {
    const pollId = await openPoll(door, isRehearsal)
    for (const optionId of ['a', 'a', 'b']) {
      expect(await voterAt(door).cast({ pollId, optionId })).toMatchObject({ accepted: true })
    }
    await untilCounted(house, pollId, 3)

    const ledger = await house.rows<{ content: Buffer }>(
      'select content from ledger join polls using (poll_no) where poll_id = $1',
      [pollId],
    )
    const marked = (text: string) => text.includes('"rehearsal":true')
    expect(ledger.map(({ content }) => marked(content.toString()))).toEqual(ledger.map(() => isRehearsal))
    const votes = await told(house, topics.votes, pollId)
    expect(votes.map(({ data }) => 'rehearsal' in data)).toEqual(votes.map(() => isRehearsal))
    for (const topic of [topics.polls, topics.tallies]) {
      for (const { data } of await told(house, topic, pollId)) expect(data).toMatchObject({ isRehearsal })
    }

    const totals = await (await fetch(`${door.url}/api/polls/${pollId}/totals`)).json()
    expect(totals).toMatchObject({ isRehearsal, total: 3 })
    const answer = await fetch(`${door.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: `{ poll(id: "${pollId}") { isRehearsal }
          tally(pollId: "${pollId}") { isRehearsal total result { options { optionId share } } } }`,
      }),
    })
    const shares = { options: [6_667, 3_333].map((share, i) => ({ optionId: 'ab'[i], share })) }
    const result = isRehearsal ? null : shares
    expect((await answer.json()).data).toEqual({
      poll: { isRehearsal },
      tally: { isRehearsal, total: 3, result },
    })
  }
})
