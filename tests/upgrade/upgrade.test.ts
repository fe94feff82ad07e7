/** UP: this version over what earlier releases left in Postgres and on Redis, votes that wait among it. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { memoryStorage } from '../../contracts/client-storage.ts'
import { makeUrnaClient } from '../../contracts/client.ts'
import { topics } from '../../contracts/events.ts'
import { keysPath, keySetShape } from '../../contracts/signing.ts'
import { receiptFile } from '../../contracts/receipt-text.ts'
import { applyBatch, offsetOf } from '../../queue-workers/read-model/apply-batch.slonik.ts'
import { liveSchema, readInModel } from '../../queue-workers/read-model/in-model.slonik.ts'
import { readPoll } from '../../queue-workers/read-model/known-polls.slonik.ts'
import { prepareModel } from '../../queue-workers/read-model/model-database.pg.ts'
import { readTally } from '../../queue-workers/read-model/read-tally.slonik.ts'
import { topicsRead } from '../../queue-workers/read-model/registry.ts'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { migrate, readMigrations } from '../../sql/migrate.pg.ts'
import { books, storedVotes, untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from '../house.ts'
import { runCommand } from '../run-command.ts'
import { openRelease, releases, type KnownVote, type Release } from './release.ts'
import { writeKeys, writeRows } from './stores-as-text.ts'

/** The stores as the release left them; then this version's migrations, as whoever upgrades runs them. */
async function restore(house: House, release: Release): Promise<void> {
  const { databaseUrl } = house.services
  await house.rows('drop schema public cascade')
  await house.rows('create schema public')
  const all = await readMigrations()
  const its = new Set(release.about.migrations.map(({ name }) => name))
  await migrate(
    databaseUrl,
    all.filter(({ name }) => its.has(name)),
  )
  await writeRows(databaseUrl, release.rows)
  await writeKeys(house.redis, release.keys)
  expect(await migrate(databaseUrl, all)).toEqual(
    all.map(({ name }) => name).filter((name) => !its.has(name)),
  )
}

/** The device that cast the vote, with the session that it was given then. */
function voterOf(door: Door, { token }: KnownVote) {
  const storage = memoryStorage()
  storage.setItem('urna.session', JSON.stringify({ token, expiresAt: '' }))
  return makeUrnaClient({ trpcUrl: door.trpcUrl, storage })
}

const asLines = (votes: readonly KnownVote[]) =>
  votes.map(({ vote: { voteId, optionId } }) => `${voteId} ${optionId}`).sort()

describe.each(releases)('this version over %s', (version) => {
  const release = openRelease(version)
  const { polls, secrets } = release.about
  const votesOf = (pollId: string) => release.voters.filter(({ vote }) => vote.pollId === pollId)
  let [house, door]: [House, Door] = [] as never

  beforeAll(async () => {
    house = await startHouse()
    await restore(house, release)
    door = await house.gateway({ env: secrets })
    await house.workers({ env: { ...secrets, ANCHOR_EVERY_MS: '200' } })
  })
  afterAll(() => house[Symbol.asyncDispose]())

  it('UP1 votes that waited in the queue are counted with those of before, and every total is what voters cast', async () => {
    for (const pollId of [polls.certified, polls.open, polls.closed]) {
      const its = votesOf(pollId)
      await untilCounted(house, pollId, its.length)
      expect(await storedVotes(house, pollId)).toEqual(asLines(its))
      const totals = (await (await fetch(`${door.url}/api/polls/${pollId}/totals`)).json()) as {
        options: { optionId: string; votes: number }[]
      }
      for (const { optionId, votes } of totals.options)
        expect(votes).toBe(its.filter(({ vote }) => vote.optionId === optionId).length)
    }
    const { accepted, received, counted, missing } = await books(house)
    const all = release.voters.length
    expect([accepted, received, counted, missing]).toEqual([all, all, all, 0])
    expect(await house.rows('select from unreadable_jobs')).toEqual([])
  })

  it('UP2 a retried vote of before hears the place that it heard then, and counts once', async () => {
    const limited = release.voters.filter(({ vote }) => vote.box !== 'fans')
    expect(new Set(limited.map(({ stored }) => stored))).toEqual(new Set([true, false]))
    for (const known of limited) {
      const { batchId, position } = known.answer.receipt
      const again = await voterOf(door, known).cast(known.vote)
      expect(again).toMatchObject({ accepted: true, receipt: { batchId, position } })
    }
    const known = votesOf(polls.open)[0]!
    const another = { ...known.vote, voteId: uuidv7() }
    expect(await voterOf(door, known).cast(another)).toMatchObject({
      accepted: false,
      reason: 'already-voted',
    })
  })

  it('UP3 receipts of before lead into the ledger, offline and by the keys that are published today', async () => {
    const keysFile = join(house.dataDir, 'keys.json')
    const keys = keySetShape.parse(await (await fetch(`${door.url}${keysPath}`)).json())
    writeFileSync(keysFile, JSON.stringify(keys))
    for (const pollId of [polls.certified, polls.open]) {
      // The newest: of the open poll it is one that waited.
      const known = votesOf(pollId).at(-1)!
      const { vote, answer, status } = known
      const asked = { pollId, voteId: vote.voteId }
      const now = await until('an anchor covers it', async () => {
        const told = await voterOf(door, known).voteStatus({ ...asked, receipt: answer.receipt })
        return told.proof?.anchor != null && told
      })
      expect(now.state).toBe('counted')
      for (const its of [now, status].filter((each) => each !== undefined)) {
        const file = join(house.dataDir, `${uuidv7()}.json`)
        const { receipt } = answer
        writeFileSync(file, receiptFile({ ...vote, receipt }, { state: its.state, proof: its.proof }))
        expect(await runCommand('verify', ['--receipt', file, '--keys', keysFile])).toMatchObject({ code: 0 })
      }
    }
  })

  it('UP4 the certificate of before stands: a new export verifies against the anchors that Kafka had then', async () => {
    const anchorsFile = join(house.dataDir, 'anchors.jsonl')
    const anchors = release.told.filter(({ topic }) => topic === topics.anchors.topic)
    writeFileSync(anchorsFile, anchors.map(({ value }) => `${value}\n`).join(''))
    const folder = join(house.dataDir, 'export')
    const env = { DATABASE_URL: house.services.databaseUrl }
    expect(await runCommand('export', ['--poll', polls.certified, '--out', folder], env)).toMatchObject({
      code: 0,
    })
    const verified = await runCommand('verify', [folder, '--anchors', anchorsFile])
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('it certifies the result') })
  })

  it('UP5 new votes count in the poll that was open, and the one that was closed is certified', async () => {
    const { pollId } = votesOf(polls.open)[0]!.vote
    const before = votesOf(pollId).length
    const cast = () => voterAt(door).cast({ pollId, optionId: 'frevo', voteId: uuidv7() })
    for (const answer of await Promise.all([cast(), cast(), cast()])) expect(answer.accepted).toBe(true)
    await untilCounted(house, pollId, before + 3)
    await adminAt(door).trpc.admin.certifyPoll.mutate({ pollId: polls.closed })
    await until('certified', async () => {
      const [row] = await house.rows<{ admitted: number; missing: unknown }>(
        `select admitted::int from certifications join polls using (poll_no)
         where poll_id = $1 and certified_at is not null`,
        [polls.closed],
      )
      return row?.admitted === votesOf(polls.closed).length
    })
    expect((await books(house)).missing).toBe(0)
    const { state, opensAt } = await voterAt(door).trpc.poll.byId.query({ pollId: polls.scheduled })
    expect([state, opensAt]).toEqual(['scheduled', '2999-01-01T00:00:00.000Z'])
  })

  it('UP6 the read model counts out of the messages of then what the ledger had then', async () => {
    const { databaseUrl } = house.services
    await prepareModel(databaseUrl, liveSchema)
    await using stack = new AsyncDisposableStack()
    const pool = await connectPostgres(databaseUrl, { most: 2, idleInTransactionMs: 5_000 })
    stack.defer(() => pool.end())
    for (const topic of topicsRead) {
      const its = release.told.filter((told) => told.topic === topic)
      const messages = its.map(({ value }, offset) => ({ offset, value: Buffer.from(value) }))
      const partition = { topic, partition: 0, from: 0, to: its.length }
      await offsetOf(pool, liveSchema, topic, 0, 0)
      expect(await applyBatch(pool, liveSchema, { ...partition, messages })).toMatchObject({ unreadable: 0 })
    }
    for (const pollId of [polls.certified, polls.open, polls.closed]) {
      const { options, total } = await readInModel(pool, liveSchema, async (tx) => {
        const poll = await readPoll(tx, pollId)
        if (poll === null) throw new Error('the read model does not know the poll')
        return readTally(tx, poll)
      })
      const stored = votesOf(pollId).filter((known) => known.stored)
      expect(total).toBe(stored.length)
      for (const { optionId, votes } of options)
        expect(votes).toBe(stored.filter(({ vote }) => vote.optionId === optionId).length)
    }
  })
})
