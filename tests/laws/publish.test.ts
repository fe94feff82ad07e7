/** The laws of Kafka: every ledger row arrives, from its own bytes, whoever dies between sending and marking. */
import { describe, expect, it } from 'vitest'
import kafkajs, { Kafka, logLevel } from 'kafkajs'
import { pino } from 'pino'
import { v7 as uuidv7 } from 'uuid'
import pg from 'pg'
import { replicasFor, topics } from '../../contracts/events.ts'
import { startServices } from '../../local/services.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { makePrepareTopics } from '../../queue-workers/publish/prepare-topics.kafka.ts'
import { publishPollEvents, publishTallies } from '../../queue-workers/publish/publish-ledger.slonik.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { storedVotes, untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'
import { rowHash } from '../row-hash.ts'
import { countedIn, readVotes } from '../read-topic.kafka.ts'

const castMany = (door: Door, pollId: string, many: number) =>
  Promise.all(
    Array.from({ length: many }, () => voterAt(door).cast({ pollId, optionId: 'frevo', voteId: uuidv7() })),
  )

const untilEmitted = (house: House) =>
  until(
    'every row is marked',
    async () => (await house.rows('select from ledger where emitted_at is null')).length === 0,
    60_000,
  )

describe('a publisher', () => {
  it('P1 that dies between sending and marking sends again: readers who drop repeated ids see each vote once', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 30)
    await untilCounted(house, poll.pollId, 30)
    const doomed = await house.workers({
      roles: ['publish'],
      env: { CRASH_AT: 'publish.sent' },
      waitReady: false,
    })
    await until('dead', async () => doomed.pid === null)
    expect((await house.rows('select from ledger where emitted_at is not null')).length).toBe(0)
    await house.workers({ roles: ['publish'] })
    await untilEmitted(house)
    const stored = await storedVotes(house, poll.pollId)
    // One more vote marks the end of what is to be read.
    await castMany(door, poll.pollId, 1)
    const { events, messages } = await readVotes(
      house.services.kafkaBrokers ?? '',
      (read) => countedIn(read, poll.pollId).length === 31,
    )
    expect(messages).toBeGreaterThan(events.length)
    expect(countedIn(events, poll.pollId)).toEqual(expect.arrayContaining(stored))
  })

  it('P2 without Kafka keeps the events in Postgres, says so, and sends them when it comes; votes never wait for it', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    await castMany(door, poll.pollId, 5)
    await untilEmitted(house)
    await house.services.kafka.kill()
    await castMany(door, poll.pollId, 20)
    await untilCounted(house, poll.pollId, 25)
    await until('the gateway says that Kafka is away', async () => {
      const readiness = await fetch(`${door.url}/readyz`)
      const told = JSON.stringify(await readiness.json())
      return readiness.status === 200 && told.includes('Kafka does not answer; events wait in Postgres')
    })
    expect((await house.rows('select from ledger where emitted_at is null')).length).toBeGreaterThan(0)
    await house.services.kafka.restart()
    await untilEmitted(house)
    const { events } = await readVotes(
      house.services.kafkaBrokers ?? '',
      (read) => countedIn(read, poll.pollId).length === 25,
    )
    expect(countedIn(events, poll.pollId)).toEqual(await storedVotes(house, poll.pollId))
  })

  it('P3 sends the ledger row as it stands, and the rows of a shard are one chain of hashes', async () => {
    await using house = await startHouse({ kafka: true })
    const door = await house.gateway()
    await house.workers()
    const poll = await house.openPoll(door)
    for (let round = 0; round < 5; round++) await castMany(door, poll.pollId, 10)
    await untilCounted(house, poll.pollId, 50)
    const rows = await house.rows<{ batch_id: string; content: Buffer; hash: Buffer; shard: number }>(
      'select batch_id, content, hash, shard from ledger order by shard, seq',
    )
    const { raw } = await readVotes(house.services.kafkaBrokers ?? '', (read) => read.length === rows.length)
    const before = new Map<number, Buffer>()
    for (const { batch_id: batchId, content, hash, shard } of rows) {
      const message = raw.get(`${batchId}/${poll.pollId}`)
      expect(message?.includes(content)).toBe(true)
      expect(rowHash(before.get(shard) ?? Buffer.alloc(32), content).equals(hash)).toBe(true)
      before.set(shard, hash)
    }
  })

  it('P4 marks only what it sent: an event that becomes visible later is sent later', async () => {
    await using house = await startHouse()
    const pool = await connectPostgres(house.services.databaseUrl, { most: 4, idleInTransactionMs: 10_000 })
    const insert = `insert into poll_events (poll_id, message) values (gen_random_uuid(), $1)`
    const slow = new pg.Client({ connectionString: house.services.databaseUrl })
    await slow.connect()
    await slow.query('begin')
    await slow.query(insert, [Buffer.from('first')])
    await house.rows(insert, [Buffer.from('second')])
    const sent: string[] = []
    await publishPollEvents(pool, async (_topic, messages) => {
      sent.push(...messages.map(({ value }) => value.toString()))
      if (sent.length === 1) await slow.query('commit')
    })
    expect(sent).toEqual(['second'])
    await publishPollEvents(pool, async (_topic, messages) => {
      sent.push(...messages.map(({ value }) => value.toString()))
    })
    expect(sent).toEqual(['second', 'first'])
    await slow.end()
    await pool.end()
  })

  it('P5 tells a tally only while a stranger may see it, the newest one with the change that lets him, and again if that send failed', async () => {
    await using house = await startHouse()
    const door = await house.gateway()
    await house.workers({ roles: ['persist'] })
    const pool = await connectPostgres(house.services.databaseUrl, { most: 4, idleInTransactionMs: 10_000 })
    await using stack = new AsyncDisposableStack()
    stack.defer(() => pool.end())
    const { trpc } = adminAt(door)
    const { pollId } = await trpc.admin.createPoll.mutate({
      ...{ question: 'Which?', options: ['Samba', 'Frevo'], visibility: 'after-close' },
    })
    await trpc.admin.openPoll.mutate({ pollId })
    await castMany(door, pollId, 3)
    await untilCounted(house, pollId, 3)

    let told: string[] = []
    let fails: string | null = null
    const send = async (topic: string, messages: readonly { readonly value: Buffer }[]) => {
      if (topic === fails) throw new Error('Kafka is away')
      const ofTallies = topic === 'urna.tallies'
      for (const { value } of messages) {
        const { data, change } = JSON.parse(value.toString())
        told.push(ofTallies ? `tally of ${data.total} under ${data.pollVersion}` : String(change))
      }
    }
    const publish = async () => {
      told = []
      await publishTallies(pool, send, [pollId])
      while (await publishPollEvents(pool, send)) continue
      return told
    }
    expect(await publish()).toEqual(['created', 'opened'])
    const { version } = await trpc.admin.updatePoll.mutate({ pollId, visibility: 'live' })
    fails = 'urna.tallies'
    await expect(publishPollEvents(pool, send)).rejects.toThrow('Kafka is away')
    fails = null
    told = []
    await publishPollEvents(pool, send)
    expect(told).toEqual(['updated', `tally of 3 under ${version}`])
    await trpc.admin.updatePoll.mutate({ pollId, visibility: 'embargo' })
    await castMany(door, pollId, 1)
    await untilCounted(house, pollId, 4)
    await trpc.admin.closePoll.mutate({ pollId })
    expect(await publish()).toEqual(['updated', 'closed'])
    const revealed = await trpc.admin.revealPoll.mutate({ pollId })
    await publishPollEvents(pool, send)
    expect(told).toEqual(['updated', 'closed', 'revealed', `tally of 4 under ${revealed.version}`])
  })

  it('P6 makes topics only when as many brokers are up as copies are asked for, and tells once of a topic with fewer', async () => {
    await using open = new AsyncDisposableStack()
    const dataDir = makeTempFolder('urna-copies-')
    open.defer(() => removeTempFolder(dataDir))
    const services = await startServices({ dataDir, only: ['kafka'], kafkaNodes: 3 })
    open.defer(() => services.stop())
    const brokers = (services.kafkaBrokers ?? '').split(',')
    const lines: string[] = []
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) })
    const prepare = makePrepareTopics(brokers, null, log)
    const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    open.defer(() => admin.disconnect())
    const onFirst = Array.from({ length: 12 }, (_, partition) => ({ partition, replicas: [1] }))
    const votes = { topic: topics.votes.topic, replicaAssignment: onFirst }
    await admin.createTopics({ topics: [votes], waitForLeaders: true })

    await services.kafkaNodes[2]?.stop()
    const whyNot = () =>
      prepare().then(
        () => 'it did',
        (error: unknown) => String(error),
      )
    await until('it says how many are up', async () =>
      (await whyNot()).includes('2 of 3 Kafka brokers are up'),
    )
    expect(await admin.listTopics()).not.toContain(topics.polls.topic)
    await services.kafkaNodes[2]?.start()
    await until('it makes them', async () => (await whyNot()) === 'it did', 60_000)

    const { topics: made } = await admin.fetchTopicMetadata({ topics: [topics.polls.topic] })
    expect(made[0]?.partitions.map(({ replicas }) => replicas.length)).toEqual([3, 3, 3])
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topics.polls.topic }],
    })
    expect(resources[0]?.configEntries).toContainEqual(
      expect.objectContaining({ configName: 'min.insync.replicas', configValue: '2' }),
    )
    await prepare()
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      expect.objectContaining({ topics: [{ topic: topics.votes.topic, copies: 1 }], wanted: 3 }),
    ])
    const named = [[], ['a:1'], ['a:1', 'b:1', 'c:1', 'd:1']]
    expect(named.map((its) => replicasFor(its, 1))).toEqual([1, 1, 3])
    // One name may stand before a whole cluster.
    expect(named.map((its) => replicasFor(its, 5))).toEqual([3, 3, 3])
  }, 300_000)
})
