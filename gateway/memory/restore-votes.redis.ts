/** Gives a lane back who has voted what in one poll, of those whose votes are its. */
import type { PollRecord } from '../../contracts/poll.ts'
import {
  decodeRemembered,
  encodeRemembered,
  encodeVoter,
  knownForMs,
  mostOfBox,
  recentField,
  sliceMs,
  sliceOf,
  type RememberedVote,
} from '../../contracts/remembered.ts'
import { execAll } from '../../runtime/exec-all.redis.ts'
import { redisNow } from '../../runtime/redis-clock.redis.ts'
import type { Lane } from '../lanes.ts'
import { rememberedForMs } from '../polls/project-poll.redis.ts'
import type { StoredVote } from './votes-to-restore.slonik.ts'

// About 200 kB a write: Redis goes on answering between them.
const votesPerWrite = 1_000

export interface VoteSource {
  /** `of`: only the voters of this lane, in a poll that is spread over so many. */
  readonly votesOf: (
    pollNo: number,
    pageSize: number,
    of: { readonly lane: number; readonly hashTags: number },
  ) => AsyncIterable<readonly StoredVote[]>
}

/**
 * Redis answers afterwards as if it had never forgotten what Postgres knows: a limit has what it had, and a repeat is
 * known for as long. Answers how many votes were read. Nothing is restored where Redis would no longer remember votes
 * of that poll. Nobody may vote in the poll meanwhile: what stands under a voter is read, added to, and written. Only
 * who holds the restore lock may do it. It is done under a name of its own, which is given up when all is there: one
 * that dies half-way is never taken for the whole, and the next goes on with what it left. `forMs`: for how long it is
 * remembered then, null = as long as Redis is.
 *
 * What only Redis knew is lost. Votes that waited in a lost queue are named as lost, and their voters may cast as many
 * again. Votes that a worker had in its hands while Redis was emptied may come to Postgres behind this reading: in a
 * box with one vote a voter its key refuses what was cast twice, any other limit is passed by at most these.
 */
export async function restoreVotes(
  lane: Lane,
  poll: PollRecord,
  source: VoteSource,
  forMs = rememberedForMs(poll),
): Promise<number> {
  if ((forMs !== null && forMs <= 0) || lane.no >= poll.hashTags) return 0
  const { redis, keys } = lane
  const of = { lane: lane.no, hashTags: poll.hashTags }
  const [memory, restoring] = [keys.memory(poll.pollId), keys.restoring(poll.pollId)]
  // What an older file holds is added to.
  if ((await redis.exists(memory)) === 1) await redis.rename(memory, restoring)
  const restored = await addVotes(lane, poll, source.votesOf(poll.pollNo, votesPerWrite, of), forMs)
  await makeWhole(lane, poll.pollId, forMs)
  return restored
}

/** Adds votes to what is being restored; answers how many. A vote that stands there already is not doubled. */
export async function addVotes(
  { redis, keys }: Lane,
  poll: PollRecord,
  pages: AsyncIterable<readonly StoredVote[]>,
  forMs: number | null,
): Promise<number> {
  const now = await redisNow(redis)
  const restoring = keys.restoring(poll.pollId)
  let added = 0
  for await (const page of pages) {
    const byVoter = Map.groupBy(page, voterKeyOf)
    const fields = [...byVoter.keys()]
    if (fields.length === 0) continue
    const standing = await redis.hmget(restoring, ...fields)
    const write = redis.multi().hset(
      restoring,
      ...fields.flatMap((field, i) => {
        const known = decodeRemembered(standing[i] ?? '-')
        const limited = (byVoter.get(field) ?? []).filter((vote) => poll.boxes[vote.box_no]?.limit != null)
        return [field, encodeVoter(stillKnown(poll, [...known, ...limited.map(rememberedAs)], now))]
      }),
    )
    for (const vote of page) {
      if (poll.boxes[vote.box_no]?.limit != null || !isRecent(vote.accepted_at, now)) continue
      const { slice, endsAtMs } = sliceOf(vote.accepted_at)
      const recent = keys.recent(poll.pollId, slice)
      write.hset(recent, recentField(voterKeyOf(vote), vote.vote_id), encodeRemembered(rememberedAs(vote)))
      write.pexpireat(recent, endsAtMs)
    }
    if (forMs !== null) write.pexpire(restoring, forMs)
    await execAll(write)
    added += page.length
  }
  return added
}

/** Gives what was restored the name under which it is looked for. False where nobody has voted. */
export async function makeWhole(
  { redis, keys }: Lane,
  pollId: string,
  forMs: number | null,
): Promise<boolean> {
  const [memory, restoring] = [keys.memory(pollId), keys.restoring(pollId)]
  if ((await redis.exists(restoring)) === 0) return false
  const whole = redis.multi()
  if (forMs === null) whole.persist(restoring)
  else whole.pexpire(restoring, forMs)
  await execAll(whole.rename(restoring, memory))
  return true
}

const voterKeyOf = ({ voter_key }: StoredVote) => voter_key.replaceAll('-', '')

const rememberedAs = (vote: StoredVote): RememberedVote => ({
  voteId: vote.vote_id,
  optionNo: vote.option_no,
  boxNo: vote.box_no,
  acceptedAt: vote.accepted_at,
  batchId: vote.batch_id,
  position: vote.position,
})

/** Of this slice or the one before. */
const isRecent = (atMs: number, now: number) => {
  const age = Math.floor(now / sliceMs) - Math.floor(atMs / sliceMs)
  return age === 0 || age === 1
}

/** Each vote once (the last word on it holds), in the order of acceptance; of each box as many as are kept. */
function stillKnown(
  { boxes }: Pick<PollRecord, 'boxes'>,
  votes: readonly RememberedVote[],
  now: number,
): RememberedVote[] {
  const known = votes.filter(({ boxNo, acceptedAt }) => {
    const box = boxes[boxNo]
    return box !== undefined && acceptedAt > now - (knownForMs(box) ?? 0)
  })
  const newestFirst = [...new Map(known.map((vote) => [vote.voteId, vote])).values()].sort(laterFirst)
  const ofBox = new Map<number, number>()
  return newestFirst
    .filter(({ boxNo }) => {
      const its = (ofBox.get(boxNo) ?? 0) + 1
      ofBox.set(boxNo, its)
      const limit = boxes[boxNo]?.limit ?? null
      return limit === null || its <= mostOfBox(limit)
    })
    .reverse()
}

/** A batch has one time for all that it accepted. */
const laterFirst = (a: RememberedVote, b: RememberedVote) =>
  b.acceptedAt - a.acceptedAt || b.batchId.localeCompare(a.batchId) || b.position - a.position
