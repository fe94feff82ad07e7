/** The law of the read model's readers: a crowd whose questions hang keeps nothing that is told from being applied. */
import { expect, it } from 'vitest'
import pg from 'pg'
import { schemaAt } from '../../queue-workers/read-model/in-model.slonik.ts'
import { startHouse, until } from '../house.ts'
import { castMany, modelRows, moderator, tallyOf, untilTold } from '../read-model-house.ts'

const crowdedSays = 'Too many ask the read model at this moment. Ask again a little later.'

it('RM16 applies on while all who read hang, and turns away with a time to come back who finds no place', async () => {
  await using house = await startHouse({ kafka: true, readModel: true })
  const door = await house.gateway()
  await house.workers()
  const { pollId } = await house.openPoll(door)
  await castMany(door, pollId, 3)
  await untilTold(house, pollId, 3)

  // The state of a moment that nobody applies to, and of which this test holds a table: whoever asks for it hangs.
  const at = '2026-11-21T20:15:00.000Z'
  const schema = schemaAt(new Date(at))
  await modelRows(house, `create schema ${schema}`)
  for (const table of ['poll_progress', 'option_counts'])
    await modelRows(house, `create table ${schema}.${table} (like model.${table})`)
  const holder = new pg.Client({ connectionString: house.services.talliesDatabaseUrl ?? '' })
  await holder.connect()
  await holder.query('begin')
  await holder.query(`lock table ${schema}.poll_progress in access exclusive mode`)

  const turnedAway: { status: number; retryAfter: string | null }[] = []
  let isOver = false
  const askOn = async () => {
    while (!isOver) {
      const answer = await fetch(`${house.readModelUrl}/tallies/${pollId}?at=${at}`, { headers: moderator })
      const text = await answer.text()
      if (text.includes(crowdedSays))
        turnedAway.push({ status: answer.status, retryAfter: answer.headers.get('retry-after') })
    }
  }
  const crowd = Promise.all(Array.from({ length: 30 }, askOn))
  try {
    await until('some are turned away', async () => turnedAway.length > 0, 60_000)
    expect(turnedAway[0]).toEqual({ status: 503, retryAfter: '2' })
    await castMany(door, pollId, 5)
    const applied = `select sum(votes)::int as votes from option_counts where poll_id = '${pollId}'`
    await until(
      'it is applied',
      async () => (await modelRows<{ votes: number }>(house, applied))[0]?.votes === 8,
    )
  } finally {
    isOver = true
    await holder.end()
    await crowd
  }
  expect((await tallyOf(house, pollId)).total).toBe(8)
})
