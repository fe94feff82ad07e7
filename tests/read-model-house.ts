/** What the tests of the read model share: a house that has one, votes, and questions to it. */
import { v7 as uuidv7 } from 'uuid'
import pg from 'pg'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import {
  eventPageShape,
  modelTallyShape,
  reportShape,
  type EventPage,
  type ModelTally,
  type Report,
} from '../contracts/read-model.ts'
import { pollChangedMessage, topics, votesRecordedMessage } from '../contracts/events.ts'
import { canonicalBytes, type LedgerContent } from '../contracts/ledger.ts'
import type { Poll } from '../contracts/poll.ts'
import { topicsRead } from '../queue-workers/read-model/registry.ts'
import { secrets, until, voterAt, type Door, type House } from './house.ts'

export const moderator = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` }

export async function ask(
  house: Pick<House, 'readModelUrl'>,
  address: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${house.readModelUrl}${address}`, { headers })
  return { status: answer.status, body: await answer.json() }
}

export const tallyOf = async (house: House, pollId: string, search = ''): Promise<ModelTally> =>
  modelTallyShape.parse((await ask(house, `/tallies/${pollId}${search}`, moderator)).body)
export const reportOf = async (house: House, pollId: string, search = ''): Promise<Report> =>
  reportShape.parse((await ask(house, `/reports/${pollId}${search}`, moderator)).body)
export const eventsOf = async (house: House, search: string): Promise<EventPage> =>
  eventPageShape.parse((await ask(house, `/events${search}`, moderator)).body)

export const untilTold = (house: House, pollId: string, votes: number) =>
  until(`the read model has ${votes} votes`, async () => (await tallyOf(house, pollId)).total === votes)

/** Each by another voter, for the options in turn. */
export const castMany = (door: Door, pollId: string, many: number, options = ['samba', 'forro', 'frevo']) =>
  Promise.all(
    Array.from({ length: many }, (_, i) =>
      voterAt(door).cast({ pollId, optionId: options[i % options.length] ?? '', voteId: uuidv7() }),
    ),
  )

/** Rows of the read model's own database. */
export async function modelRows<T extends object>(
  { services }: House,
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const url = new URL(services.talliesDatabaseUrl ?? '')
  url.searchParams.set('options', '-c search_path=model')
  const client = new pg.Client({ connectionString: url.toString() })
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

export async function withKafka<T>({ services }: House, work: (kafka: Kafka) => Promise<T>): Promise<T> {
  const brokers = (services.kafkaBrokers ?? '').split(',')
  return work(new Kafka({ clientId: 'urna-test', brokers, logLevel: logLevel.NOTHING }))
}

/** Says it on the topic, as anybody who may write there could. */
export const say = (house: House, topic: string, messages: { key: string; value: string | Buffer }[]) =>
  withKafka(house, async (kafka) => {
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
    await producer.connect()
    await producer.send({ topic, acks: -1, messages })
    await producer.disconnect()
  })

/** Every number that it shows of a poll, from its tables. */
export const modelState = async (house: House, pollId: string, schema = 'model') => ({
  minutes: await modelRows(
    house,
    `select minute::text, box_id, option_id, votes::int from ${schema}.minute_counts where poll_id = $1 order by 1, 2, 3`,
    [pollId],
  ),
  options: await modelRows(
    house,
    `select box_id, option_id, votes::int from ${schema}.option_counts where poll_id = $1 order by 1, 2`,
    [pollId],
  ),
  outcomes: await modelRows(
    house,
    `select outcome, why, votes::int from ${schema}.outcome_counts where poll_id = $1 order by 1, 2`,
    [pollId],
  ),
  events: await modelRows(
    house,
    `select event_id, event_type from ${schema}.events where poll_id = $1 order by 1`,
    [pollId],
  ),
  progress: await modelRows(
    house,
    `select batches::int, as_of::text from ${schema}.poll_progress where poll_id = $1`,
    [pollId],
  ),
})

/** The ledger's own sum of a poll: batches and counted votes. */
export async function ledgerOf(house: House, pollId: string): Promise<{ batches: number; counted: number }> {
  const [row] = await house.rows<{ batches: number; counted: number }>(
    `select count(*)::int as batches, coalesce(sum(counted), 0)::int as counted
     from ledger join polls using (poll_no) where poll_id = $1`,
    [pollId],
  )
  if (row === undefined) throw new Error('no ledger')
  return row
}

/** Resolves when all is told, and it stands at the end of every partition. */
export const untilRead = (house: House) =>
  until('the read model has read all', async () => {
    for (const table of ['ledger', 'poll_events']) {
      if ((await house.rows(`select from ${table} where emitted_at is null`)).length > 0) return false
    }
    const stands = await modelRows<{ topic: string; partition: number; at: number }>(
      house,
      'select topic, partition, next_offset::int as at from topic_offsets',
    )
    const ends = await withKafka(house, async (kafka) => {
      const admin = kafka.admin()
      await admin.connect()
      const all = await Promise.all(
        topicsRead.map(async (topic) =>
          (await admin.fetchTopicOffsets(topic)).map((end) => ({ topic, ...end })),
        ),
      )
      await admin.disconnect()
      return all.flat()
    })
    return ends.every(({ topic, partition, high }) => {
      const stand = stands.find((its) => its.topic === topic && its.partition === partition)
      return (stand?.at ?? 0) === Number(high)
    })
  })

/** A poll as it is told on Kafka. */
export const newPoll = (changes: Partial<Poll> = {}): Poll => {
  const pollId = uuidv7()
  const options = ['a', 'b'].map((optionId) => ({ optionId, text: optionId, colour: null, pictureUrl: null }))
  const box = { voters: 'device' as const, limit: null }
  return {
    ...{ pollId, slug: `poll-${pollId}`, question: 'Which?', description: '', state: 'open', version: 1 },
    ...{ opensAt: null, closesAt: null, graceMs: 0, timeZone: 'UTC', options, archivedAt: null },
    boxes: [
      { ...box, boxId: 'fans', weight: 6_000 },
      { ...box, boxId: 'jury', weight: 4_000 },
    ],
    ...{ visibility: 'live', revealedAt: null, isRehearsal: false, round: 1, previousPollId: null },
    ...changes,
  }
}

export const sayPoll = (house: House, poll: Poll) =>
  say(house, topics.polls.topic, [
    { key: poll.pollId, value: pollChangedMessage(poll, 'updated', new Date('2026-11-20T00:00:00Z')) },
  ])

/** A row of the ledger as it is told: votes as `box option`. */
export function votesMessage(
  pollId: string,
  acceptedAt: string,
  votes: readonly string[],
  uncounted: LedgerContent['uncounted'] = [],
): { readonly key: string; readonly value: Buffer; readonly batchId: string } {
  const batchId = uuidv7()
  const content = canonicalBytes({
    ...{ pollId, batchId, run: uuidv7(), runAccepted: 1, acceptedAt, uncounted },
    votes: votes.map((vote, i) => [i, uuidv7(), vote.split(' ')[0] ?? '', vote.split(' ')[1] ?? '']),
  })
  const storedAt = new Date(Date.parse(acceptedAt) + 500)
  const value = votesRecordedMessage({
    ...{ batchId, pollId, storedAt, content, shard: 0, seq: 1, hash: '00'.repeat(32) },
  })
  return { key: pollId, value, batchId }
}
