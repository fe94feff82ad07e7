/** Stores votes, and says of those that were not stored what stands in their place. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { KnownPoll } from './known-polls.slonik.ts'
import type { Unstored } from './ledger-row.ts'
import type { ReceivedVote } from './received-batch.ts'

export interface VoteToStore {
  readonly batchId: string
  readonly at: number
  readonly poll: KnownPoll
  readonly vote: ReceivedVote
}

const storedShape = z.object({ batch_id: z.string(), position: z.number() })
const standingShape = z.object({
  poll_no: z.number(),
  box_no: z.number(),
  dedup_key: z.string(),
  option_no: z.number(),
  position: z.number(),
  vote_id: z.string(),
  voter_key: z.string(),
  batch_id: z.string(),
})

/** A UUID column gives its value back with hyphens. */
const asUuid = (hex: string) =>
  `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`

/** What makes a vote unique in its box. */
function dedupKey({ poll, vote }: VoteToStore): string {
  return poll.boxes[vote.boxNo]?.oncePerPoll === true ? asUuid(vote.voterKey) : vote.voteId
}

const placeKey = (batchId: string, position: number) => `${batchId} ${position}`

/**
 * Answers what became of a vote that was not stored, undefined for one that was. Rows go in the order of their key:
 * two workers with the same votes then wait for each other, and never in a circle.
 */
export async function storeVotes(
  tx: CommonQueryMethods,
  votes: readonly VoteToStore[],
): Promise<(batchId: string, position: number) => Unstored | undefined> {
  if (votes.length === 0) return () => undefined
  const keyed = votes
    .map((it) => ({ ...it, key: dedupKey(it) }))
    .sort(
      (a, b) =>
        a.poll.pollNo - b.poll.pollNo ||
        a.vote.boxNo - b.vote.boxNo ||
        (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) ||
        a.at - b.at,
    )
  const rows = keyed.map(({ batchId, at, poll, vote, key }) => [
    poll.pollNo,
    vote.boxNo,
    vote.optionNo,
    vote.position,
    key,
    vote.voteId,
    vote.voterKey,
    batchId,
    at,
  ])
  const stored = await tx.any(sql.type(storedShape)`
    insert into votes
      (poll_no, box_no, option_no, position, dedup_key, vote_id, voter_key, batch_id, accepted_at)
    select poll_no, box_no, option_no, position, dedup_key, vote_id, voter_key, batch_id,
      to_timestamp(accepted_ms / 1000.0)
    from ${sql.unnest(rows, ['int4', 'int2', 'int2', 'int2', 'uuid', 'uuid', 'uuid', 'uuid', 'int8'])}
      as v (poll_no, box_no, option_no, position, dedup_key, vote_id, voter_key, batch_id, accepted_ms)
    on conflict (poll_no, box_no, dedup_key) do nothing
    returning batch_id, position`)
  if (stored.length === keyed.length) return () => undefined

  const isStored = new Set(stored.map((row) => placeKey(row.batch_id, row.position)))
  const left = keyed.filter(({ batchId, vote }) => !isStored.has(placeKey(batchId, vote.position)))
  const standing = await standingVotes(
    tx,
    left.map(({ poll, vote, key }) => [poll.pollNo, vote.boxNo, key]),
  )
  const unstored = new Map<string, Unstored>()
  for (const { batchId, poll, vote, key } of left) {
    const there = standing.get(`${poll.pollNo} ${vote.boxNo} ${key}`)
    if (there === undefined)
      throw new Error(`vote ${vote.voteId} was neither stored nor stands there already`)
    const isSame =
      there.vote_id === vote.voteId &&
      there.option_no === vote.optionNo &&
      there.voter_key === asUuid(vote.voterKey)
    const of = { batchId: there.batch_id, position: there.position }
    unstored.set(placeKey(batchId, vote.position), { outcome: isSame ? 'repeat' : 'refused', of })
  }
  return (batchId, position) => unstored.get(placeKey(batchId, position))
}

async function standingVotes(
  tx: CommonQueryMethods,
  keys: readonly (readonly [number, number, string])[],
): Promise<ReadonlyMap<string, z.infer<typeof standingShape>>> {
  const rows = await tx.any(sql.type(standingShape)`
    select v.poll_no, v.box_no, v.dedup_key, v.option_no, v.position, v.vote_id, v.voter_key, v.batch_id
    from votes v
    join ${sql.unnest(keys, ['int4', 'int2', 'uuid'])} as k (poll_no, box_no, dedup_key)
      using (poll_no, box_no, dedup_key)`)
  return new Map(rows.map((row) => [`${row.poll_no} ${row.box_no} ${row.dedup_key}`, row]))
}
