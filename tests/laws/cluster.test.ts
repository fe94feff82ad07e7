/** The laws of lanes: votes of one poll over several hash tags, on one Redis and on a cluster that loses a master. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { laneOfVoter } from '../../contracts/lanes.ts'
import { laneKeys, redisKeys } from '../../contracts/redis-keys.ts'
import { makeReadPipeline } from '../../gateway/broadcast/read-pipeline.redis.ts'
import { makeLanes } from '../../gateway/lanes.ts'
import { openPortBook } from '../../local/ports.ts'
import { rebuild } from '../../local/rebuild.ts'
import { cacheFolder } from '../../local/services.ts'
import { startRedisCluster } from '../../local/services/redis-cluster.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { connectRedis } from '../../runtime/connect.redis.ts'
import { books, shownTotal, storedVotes, untilCounted } from '../counts.ts'
import { adminAt, startHouse, until, voterAt, type House } from '../house.ts'
import { log as silence } from '../live-redis.ts'
import { startCrowd, type LoggedVote } from '../logged-crowd.ts'
import { watchTally } from '../watched-tally.ts'

const hashTags = 4
const env = { HASH_TAGS: String(hashTags) }
const vote = (pollId: string, optionId = 'samba') => ({ pollId, optionId, voteId: uuidv7() })
const lanes = [0, 1, 2, 3]

/** The lane that each stored vote took, by its voter's key. */
async function lanesOf(house: House, pollId: string, tags = hashTags): Promise<Map<string, number>> {
  const rows = await house.rows<{ vote_id: string; voter_key: string }>(
    'select vote_id, voter_key from votes join polls using (poll_no) where poll_id = $1',
    [pollId],
  )
  return new Map(rows.map((row) => [row.vote_id, laneOfVoter(row.voter_key.replaceAll('-', ''), tags)]))
}

/** What each lane of one Redis has admitted and received. */
async function roomOf(house: House, lane: number): Promise<{ admitted: number; received: number }> {
  const { admitted, received } = laneKeys(lane)
  const sum = (texts: string[]) => texts.reduce((total, text) => total + Number(text), 0)
  return {
    admitted: sum(await house.redis.hvals(admitted)),
    received: sum(await house.redis.hvals(received)),
  }
}

const epochs = (house: House) => Promise.all(lanes.map((lane) => house.redis.get(laneKeys(lane).epoch)))

describe('a house of four lanes on one Redis', () => {
  it('HT1 spreads the voters of a poll, counts each vote once, and limits them at every door', async () => {
    await using house = await startHouse()
    const doors = [await house.gateway({ env }), await house.gateway({ env })] as const
    const poll = await house.openPoll(doors[0])
    const pipeline = makeReadPipeline(makeLanes(hashTags, () => house.redis))
    const people = Array.from({ length: 80 }, (_, i) => ({
      ballot: vote(poll.pollId),
      here: voterAt(doors[i % 2 === 0 ? 0 : 1]),
      there: doors[i % 2 === 0 ? 1 : 0],
    }))
    const answers = await Promise.all(people.map(({ here, ballot }) => here.cast(ballot)))
    expect(answers.filter(({ accepted }) => accepted)).toHaveLength(80)
    // They wait in the queues of all lanes, and what waits in the house is their sum.
    expect(await pipeline()).toMatchObject({ admitted: 80, received: 0 })
    for (const lane of lanes) expect((await roomOf(house, lane)).admitted).toBeGreaterThan(0)

    await house.workers({ env })
    await untilCounted(house, poll.pollId, 80)
    await until('all was received', async () => (await pipeline()).received === 80)
    const spread = new Set((await lanesOf(house, poll.pollId)).values())
    expect([...spread].sort()).toEqual(lanes)
    for (const lane of lanes) {
      const { admitted, received } = await roomOf(house, lane)
      expect([lane, received]).toEqual([lane, admitted])
    }

    const again = await Promise.all(
      people.map(async ({ here, there, ballot }) => {
        const { token } = here.session() ?? { token: '' }
        const cast = async (body: object) => {
          const answer = await fetch(`${there.trpcUrl}/vote.cast`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: JSON.stringify(body),
          })
          return answer.text()
        }
        return [await cast(ballot), await cast(vote(poll.pollId, 'forro'))]
      }),
    )
    again.forEach(([repeat = '', second = ''], i) => {
      const answer = answers[i]
      expect(repeat).toContain(answer?.accepted === true ? answer.receipt.batchId : 'no receipt')
      expect(second).toContain('already-voted')
    })
    expect(await storedVotes(house, poll.pollId)).toEqual(
      people.map(({ ballot }) => `${ballot.voteId} samba`).sort(),
    )
    expect(await books(house)).toMatchObject({ received: 80, counted: 80, missing: 0 })
  })

  it('HT2 gives a lane back alone when it is lost, and all of them after a FLUSHALL', async () => {
    await using house = await startHouse()
    const door = await house.gateway({ env })
    await house.workers({ env })
    const poll = await house.openPoll(door)
    const voters = Array.from({ length: 40 }, () => ({ voter: voterAt(door), ballot: vote(poll.pollId) }))
    await Promise.all(voters.map(({ voter, ballot }) => voter.cast(ballot)))
    await untilCounted(house, poll.pollId, 40)
    const first = await epochs(house)
    expect(new Set(first).size).toBe(hashTags)

    await house.redis.del(...(await house.redis.keys('urna:{b2}*')))
    const seconds = await Promise.all(voters.map(({ voter }) => voter.cast(vote(poll.pollId, 'forro'))))
    expect(seconds.map((answer) => !answer.accepted && answer.reason)).toEqual(
      voters.map(() => 'already-voted'),
    )
    const second = await epochs(house)
    expect(second.map((epoch, lane) => epoch === first[lane])).toEqual([true, true, false, true])

    await house.redis.flushall()
    const thirds = await Promise.all(voters.map(({ voter }) => voter.cast(vote(poll.pollId, 'forro'))))
    expect(thirds.map((answer) => !answer.accepted && answer.reason)).toEqual(
      voters.map(() => 'already-voted'),
    )
    expect((await epochs(house)).filter((epoch, lane) => epoch === null || epoch === second[lane])).toEqual(
      [],
    )
    await until('the tally is shown', async () => (await shownTotal(house, poll.pollId)) === 40)
    expect(await voterAt(door).cast(vote(poll.pollId))).toMatchObject({ accepted: true })
    await untilCounted(house, poll.pollId, 41)
  })

  it('HT3 has polls of one and of four lanes side by side, each as it was opened, and shrinks under none of them', async () => {
    await using house = await startHouse()
    const [oldDoor, oldWorker] = [await house.gateway(), await house.workers()]
    const narrow = await house.openPoll(oldDoor)
    const voter = voterAt(oldDoor)
    await voter.cast(vote(narrow.pollId))
    await untilCounted(house, narrow.pollId, 1)
    await oldWorker.stop()
    await Promise.all(Array.from({ length: 20 }, () => voterAt(oldDoor).cast(vote(narrow.pollId))))

    // More lanes, with votes still waiting in the first; who was started with fewer neither votes nor persists now.
    const door = await house.gateway({ env })
    const late = await fetch(`${oldDoor.url}/readyz`).then((answer) => answer.status)
    const staleWorker = await house.workers()
    await until('the old gateway stands by', async () => {
      const answer = await fetch(`${oldDoor.url}/readyz`)
      return answer.status === 503
    })
    expect([200, 503]).toContain(late)
    expect(await voterAt(oldDoor, 500).cast(vote(narrow.pollId))).toMatchObject({ reason: 'unavailable' })
    expect(await house.rows('select from shard_heads where leased_until > now()')).toHaveLength(0)
    await oldDoor.process.stop()
    await house.workers({ env })
    await untilCounted(house, narrow.pollId, 21)
    await staleWorker.stop()

    const wide = await house.openPoll(door)
    const tagsOf = async () =>
      (await house.rows<{ hash_tags: number }>('select hash_tags from polls order by poll_no')).map(
        (row) => row.hash_tags,
      )
    expect(await tagsOf()).toEqual([1, hashTags])
    const ballots = Array.from({ length: 40 }, (_, i) => vote(i % 2 === 0 ? wide.pollId : narrow.pollId))
    await Promise.all(ballots.map((ballot) => voterAt(door).cast(ballot)))
    await untilCounted(house, wide.pollId, 20)
    await untilCounted(house, narrow.pollId, 41)
    expect(new Set((await lanesOf(house, wide.pollId)).values()).size).toBeGreaterThan(1)
    await until('nothing waits in any lane', async () => {
      const rooms = await Promise.all(lanes.map((lane) => roomOf(house, lane)))
      return rooms.every(({ admitted, received }) => admitted === received)
    })

    await expect(house.gateway({ env: { HASH_TAGS: '2' } })).rejects.toThrow(/spread over 4/)
    await adminAt(door).trpc.admin.closePoll.mutate({ pollId: wide.pollId })
    await door.process.stop()
    const smaller = await house.gateway({ env: { HASH_TAGS: '2' } })
    await house.workers({ env: { HASH_TAGS: '2' } })
    await expect(adminAt(smaller).trpc.admin.openPoll.mutate({ pollId: wide.pollId })).rejects.toThrow(
      /raise HASH_TAGS/,
    )
    expect(await voterAt(smaller).cast(vote(narrow.pollId))).toMatchObject({ accepted: true })
    await untilCounted(house, narrow.pollId, 42)
    expect(await tagsOf()).toEqual([1, hashTags])
    await expect(house.rows('update polls set hash_tags = 2 where hash_tags = 4')).rejects.toThrow(/frozen/)
  })

  it('HT6 rebuilds a poll in all of its lanes, reconciles and certifies it by the sum of them', async () => {
    await using house = await startHouse()
    const door = await house.gateway({ env })
    await house.workers({ env })
    const { pollId } = await house.openPoll(door)
    const { admin } = adminAt(door).trpc
    const voters = Array.from({ length: 40 }, () => voterAt(door))
    await Promise.all(voters.map((voter) => voter.cast(vote(pollId))))
    await untilCounted(house, pollId, 40)
    await until('the books of all lanes agree', async () => {
      const text = await house.redis.hget(redisKeys.reconciliation, pollId)
      return text?.includes('"accepted":40') === true && text.includes('"counted":40')
    })

    for (const lane of lanes)
      await house.redis.del(laneKeys(lane).memory(pollId), laneKeys(lane).rules(pollId))
    const { databaseUrl, redisUrl } = house.services
    const addresses = { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl }
    const said: string[] = []
    await rebuild(['--poll', pollId], addresses, house.dataDir, (line) => said.push(line))
    expect(said.join('\n')).toContain('known by 40 stored votes')
    const seconds = await Promise.all(voters.map((voter) => voter.cast(vote(pollId, 'forro'))))
    expect(seconds.map((answer) => !answer.accepted && answer.reason)).toEqual(
      voters.map(() => 'already-voted'),
    )
    const known = await Promise.all(lanes.map((lane) => house.redis.hlen(laneKeys(lane).memory(pollId))))
    expect(known.reduce((sum, voters) => sum + voters, 0)).toBe(40)

    await admin.closePoll.mutate({ pollId })
    await admin.certifyPoll.mutate({ pollId })
    await until('it is certified', async () => {
      const [row] = await house.rows<{ admitted: number }>(
        'select admitted::int from certifications where certified_at is not null',
      )
      return row?.admitted === 40
    })
  })
})

/** A real cluster of three masters, and a house on it. */
async function startOnCluster() {
  await using stack = new AsyncDisposableStack()
  const dataDir = makeTempFolder('urna-cluster-')
  stack.defer(() => removeTempFolder(dataDir))
  const cluster = stack.use(
    await startRedisCluster({
      ...{ dataDir, logDir: join(dataDir, 'logs'), cacheDir: cacheFolder() },
      ...{ ports: openPortBook(dataDir), now: () => undefined, say: () => undefined },
      signal: new AbortController().signal,
    }),
  )
  const house = stack.use(await startHouse({ redisUrl: cluster.url }))
  const all = stack.move()
  /** Lanes on the same node as this one. */
  const lanesWith = async (lane: number) => {
    const { port } = await cluster.nodeOf(laneKeys(lane).epoch)
    const nodes = await Promise.all(lanes.map((other) => cluster.nodeOf(laneKeys(other).epoch)))
    return lanes.filter((other) => nodes[other]?.port === port)
  }
  return { cluster, house, lanesWith, [Symbol.asyncDispose]: () => all.disposeAsync() }
}

const within = (from: number, to: number) => (at: number | null) => at !== null && at > from && at < to
const acceptedWithin = (log: readonly LoggedVote[], from: number, to: number) =>
  log.filter(({ acceptedAt }) => within(from, to)(acceptedAt))

describe('a house on a Redis Cluster of three masters', () => {
  it('HT4 that loses one for a while takes the votes of the other lanes meanwhile, and counts every vote once', async () => {
    await using its = await startOnCluster()
    const { cluster, house } = its
    const nodes = await Promise.all(lanes.map((lane) => cluster.nodeOf(laneKeys(lane).epoch)))
    expect(new Set(nodes.map(({ port }) => port)).size).toBe(3)
    const doors = [await house.gateway({ env }), await house.gateway({ env })]
    await house.workers({ env })
    await house.workers({ env })
    const poll = await house.openPoll(doors[0]!)
    const crowd = startCrowd(doors, poll.pollId)
    await until('votes are counted', async () => (await storedVotes(house, poll.pollId)).length >= 100)

    const lost = await cluster.nodeOf(laneKeys(2).epoch)
    const itsLanes = await its.lanesWith(2)
    expect(itsLanes).not.toContain(0)
    await cluster.kill(lost)
    const downAt = Date.now()
    const refused = () => crowd.log.filter(({ refusedAt }) => refusedAt.some((at) => at > downAt))
    await until('its voters are sent back', async () => refused().length >= 5)
    // Whoever began after it was gone, and was accepted all the same, is of another lane.
    const whileDown = () =>
      crowd.log.filter(({ startedAt, acceptedAt }) => startedAt > downAt && acceptedAt !== null)
    await until('others are accepted', async () => whileDown().length >= 100)
    const counted = (await storedVotes(house, poll.pollId)).length
    await until('and counted', async () => (await storedVotes(house, poll.pollId)).length >= counted + 50)
    const backAt = Date.now()
    await cluster.bringBack(lost)
    const mended = crowd.log.length
    await until('its voters are accepted', async () =>
      refused().every(({ acceptedAt }) => acceptedAt !== null),
    )
    await until('more votes', async () => crowd.log.length >= mended + 50)
    await crowd.end()

    const laneOf = async () => lanesOf(house, poll.pollId)
    await untilCounted(house, poll.pollId, crowd.log.length)
    expect(await storedVotes(house, poll.pollId)).toEqual(
      crowd.log.map(({ voteId }) => `${voteId} samba`).sort(),
    )
    const lane = await laneOf()
    const begunDown = acceptedWithin(crowd.log, downAt, backAt).filter(({ startedAt }) => startedAt > downAt)
    const lanesDown = new Set(begunDown.map(({ voteId }) => lane.get(voteId)))
    expect([...lanesDown].filter((no) => no !== undefined && itsLanes.includes(no))).toEqual([])
    expect(lanesDown.size).toBe(hashTags - itsLanes.length)
    // Nobody of another lane was sent back for it.
    const others = crowd.log.filter(({ voteId }) => !itsLanes.includes(lane.get(voteId) ?? -1))
    expect(others.filter(({ refusedAt }) => refusedAt.some(within(downAt, backAt)))).toEqual([])
    await until('the books are whole', async () => {
      const { accepted, received, counted: all, missing } = await books(house)
      return accepted === received && all === crowd.log.length && missing === 0
    })
  }, 300_000)

  it('HT5 of which one is replaced by an empty node loses what waited only there, by name, and nobody votes twice', async () => {
    await using its = await startOnCluster()
    const { cluster, house } = its
    const doors = [await house.gateway({ env }), await house.gateway({ env })] as const
    const worker = await house.workers({ env })
    const poll = await house.openPoll(doors[0])
    const watched = watchTally(doors[1], poll.pollId)
    const cast = (people: number) =>
      Promise.all(
        Array.from({ length: people }, async (_, i) => {
          const voter = voterAt(doors[i % 2 === 0 ? 0 : 1])
          const ballot = vote(poll.pollId)
          const answer = await voter.cast(ballot)
          if (!answer.accepted) throw new Error(`a vote was refused: ${answer.reason}`)
          return { voter, ballot, batchId: answer.receipt.batchId }
        }),
      )
    const counted = await cast(60)
    await untilCounted(house, poll.pollId, 60)
    await until('they are shown', async () => watched.last.total === 60)
    await worker.stop()
    const waiting = await cast(60)
    await until('the runs are mirrored', async () => (await books(house)).accepted === 120)

    // The first lane's node: it has the house's keys as well.
    const lost = await cluster.nodeOf(redisKeys.polls)
    const itsLanes = await its.lanesWith(0)
    const waitedThere = new Set<string>()
    for (const lane of itsLanes) {
      const redis = connectRedis(cluster.url, 'worker', silence, laneKeys(lane).epoch)
      for (const key of await redis.keys(`urna:{b${lane}}:bull:batches:*`)) {
        const batchId = key.split(':').at(-1) ?? ''
        if (/^[0-9a-f-]{36}$/.test(batchId)) waitedThere.add(batchId)
      }
      redis.disconnect()
    }
    expect(waiting.some(({ batchId }) => waitedThere.has(batchId))).toBe(true)
    expect(waiting.every(({ batchId }) => waitedThere.has(batchId))).toBe(false)
    await cluster.kill(lost)
    await cluster.replace(lost)
    await house.workers({ env })

    const kept = waiting.filter(({ batchId }) => !waitedThere.has(batchId))
    await untilCounted(house, poll.pollId, 60 + kept.length)
    // A vote of the first lane counts again: it is restored.
    const more = await cast(40)
    const whole = [...counted, ...kept, ...more]
    await untilCounted(house, poll.pollId, whole.length)
    expect(await storedVotes(house, poll.pollId)).toEqual(
      whole.map(({ ballot }) => `${ballot.voteId} samba`).sort(),
    )
    const seconds = await Promise.all(whole.map(({ voter }) => voter.cast(vote(poll.pollId, 'forro'))))
    expect(new Set(seconds.map((answer) => (answer.accepted ? 'accepted' : answer.reason)))).toEqual(
      new Set(['already-voted']),
    )
    const missing = await house.rows('select run_id, run_seq from batches_not_in_ledger')
    expect(missing).toHaveLength(waitedThere.size)
    await until('the screens show it', async () => watched.last.total === whole.length)
    expect(watched.last.jumpedBack).toBe(false)
    watched.unsubscribe()
  }, 300_000)
})
