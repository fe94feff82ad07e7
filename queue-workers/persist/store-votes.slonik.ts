/** Stores votes, and says of those that were not stored what stands in their place. */
import { sql, UniqueIntegrityConstraintViolationError, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { int2Array, timeArray, uuidArray } from './binary-arrays.ts'
import { inKeyOrder } from './key-order.ts'
import type { KnownPoll } from './known-poll.ts'
import type { Unstored } from './ledger-row.ts'
import type { BatchPart } from './received-batch.ts'
import { refusedFor, VoteRefused } from './refused-vote.slonik.ts'
import type { VoteColumns } from './vote-columns.ts'

/** Among votes that were stored as if each were new there was one that was not: nothing is stored. */
export class NotAllNew extends Error {
  constructor() {
    super('a vote was stored before, or has another in its place')
    this.name = 'NotAllNew'
  }
}

const none = z.object({})
const standingShape = z.object({
  vote: z.number(),
  batch_id: z.string(),
  position: z.number(),
  is_same: z.boolean(),
})

/** The votes that can be stored, as arrays in the order of their keys. */
export interface VotesToStore {
  readonly order: Uint32Array
  readonly parts: readonly BatchPart[]
  readonly columns: VoteColumns
  /** What makes each unique in its box: the voter key where a person has one vote in the poll, else the voteId. */
  readonly dedupKey: Buffer
}

export function votesToStore(
  parts: readonly BatchPart[],
  polls: ReadonlyMap<number, KnownPoll>,
  columns: VoteColumns,
  rejected: ReadonlyMap<number, Unstored>,
): VotesToStore {
  const { size, part, boxNo, voterKey, voteId } = columns
  const oncePerPoll = parts.map(({ pollNo }) => polls.get(pollNo)?.boxes.map((box) => box.oncePerPoll) ?? [])
  let dedupKey = voterKey
  for (let vote = 0; vote < size; vote++) {
    if (oncePerPoll[part[vote] ?? 0]?.[boxNo[vote] ?? 0] === true) continue
    if (dedupKey === voterKey) dedupKey = Buffer.from(voterKey)
    voteId.copy(dedupKey, vote * 16, vote * 16, vote * 16 + 16)
  }
  const all = inKeyOrder(dedupKey, size)
  const order = rejected.size === 0 ? all : all.filter((vote) => !rejected.has(vote))
  return { order, parts, columns, dedupKey }
}

// One row for each place of `order`. What is the same for a whole part is sent once and looked up by its number.
const rowsOf = ({ order, parts, columns, dedupKey }: VotesToStore) => sql.fragment`
    select (${sql.array(
      parts.map(({ pollNo }) => pollNo),
      'int4',
    )})[part] as poll_no, box_no, option_no, position, dedup_key, vote_id, voter_key,
      (${sql.array(
        parts.map(({ batchId }) => batchId),
        'uuid',
      )})[part] as batch_id, (${sql.binary(timeArray(parts.map(({ at }) => at)))}::timestamptz[])[part] as accepted_at
    from (select
      unnest(${sql.binary(int2Array(columns.part, order))}::int2[]) + 1 as part,
      unnest(${sql.binary(int2Array(columns.boxNo, order))}::int2[]) as box_no,
      unnest(${sql.binary(int2Array(columns.optionNo, order))}::int2[]) as option_no,
      unnest(${sql.binary(int2Array(columns.position, order))}::int2[]) as position,
      unnest(${sql.binary(uuidArray(dedupKey, order))}::uuid[]) as dedup_key,
      unnest(${sql.binary(uuidArray(columns.voteId, order))}::uuid[]) as vote_id,
      unnest(${sql.binary(uuidArray(columns.voterKey, order))}::uuid[]) as voter_key) as v`

const columnNames = sql.fragment`
  (poll_no, box_no, option_no, position, dedup_key, vote_id, voter_key, batch_id, accepted_at)`

/** Stores votes that are all new. Throws NotAllNew or VoteRefused: then the transaction is over. */
export async function storeNewVotes(tx: CommonQueryMethods, votes: VotesToStore): Promise<void> {
  if (votes.order.length === 0) return
  const insert = sql.prepared('store-new-votes', none)`insert into votes ${columnNames} ${rowsOf(votes)}`
  try {
    await tx.query(insert)
  } catch (error) {
    if (error instanceof UniqueIntegrityConstraintViolationError) throw new NotAllNew()
    throw asRefused(error)
  }
}

function asRefused(error: unknown): unknown {
  const code = refusedFor(error)
  return code === null ? error : new VoteRefused(code, error)
}

/** Stores those that are new, and says of each other one what stands in its place. Throws VoteRefused. */
export async function storeVotes(
  tx: CommonQueryMethods,
  votes: VotesToStore,
): Promise<Map<number, Unstored>> {
  const { order, columns } = votes
  const unstored = new Map<number, Unstored>()
  if (order.length === 0) return unstored
  const insert = sql.prepared('store-votes', none)`
    insert into votes ${columnNames} ${rowsOf(votes)}
    on conflict (poll_no, box_no, dedup_key) do nothing`
  const { rowCount } = await tx.query(insert).catch((error: unknown) => {
    throw asRefused(error)
  })
  if (rowCount === order.length) return unstored
  // Under each key, what stands there is this very vote, or what came before it. One look into the index a key.
  const standing = await tx.any(sql.prepared('standing-votes', standingShape)`
    select (${sql.array([...order], 'int4')})[n] as vote, s.batch_id, s.position,
      s.vote_id = v.vote_id and s.option_no = v.option_no and s.voter_key = v.voter_key as is_same
    from (select row_number() over () as n, r.* from (${rowsOf(votes)} offset 0) as r) as v
    cross join lateral (
      select batch_id, position, vote_id, option_no, voter_key from votes as s
      where s.poll_no = v.poll_no and s.box_no = v.box_no and s.dedup_key = v.dedup_key limit 1) as s
    where (s.batch_id, s.position) <> (v.batch_id, v.position)`)
  for (const { vote, batch_id: batchId, position, is_same: isSame } of standing)
    unstored.set(vote, { outcome: isSame ? 'repeat' : 'refused', of: { batchId, position } })
  if ((rowCount ?? 0) + unstored.size !== order.length)
    throw new Error(`of ${columns.size} votes some were neither stored nor stand there already`)
  return unstored
}
