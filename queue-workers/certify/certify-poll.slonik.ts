/** Certifies a poll whose numbers all agree: its last anchor, its state and its event in one transaction. */
import { hash } from 'node:crypto'
import { sql, type CommonQueryMethods, type DatabasePool } from 'slonik'
import { z } from 'zod'
import { pollText, type Certified } from '../../contracts/anchor.ts'
import { pollChangedMessage } from '../../contracts/events.ts'
import type { Poll } from '../../contracts/poll.ts'
import { crashPoint } from '../../runtime/crash-point.ts'
import { firstHash } from '../ledger/chain-hash.ts'
import { checkRuns } from '../ledger/check-runs.ts'
import { allowLongReads } from '../long-reads.slonik.ts'
import { onlyOneWorksOn, shardEnds, type PollNames, type ShardEnd } from './anchor-rows.slonik.ts'
import { countingPoll, noteCertified, noteMissing } from './certification-rows.slonik.ts'
import * as counted from './counted-votes.slonik.ts'
import { followChain, LedgerFault } from './follow-chain.ts'
import { ledgerRows } from './ledger-pages.slonik.ts'
import { makeAnchor, readAnchored, type Anchored, type Signer } from './make-anchor.slonik.ts'
import { publicPollOf } from './public-poll.slonik.ts'
import { batchesMissing } from './runs-of-poll.slonik.ts'
import { whatIsAbsent, whatIsMissing, whereCountsDiffer } from './whats-missing.ts'

const none = z.object({})

/**
 * All that it reads is of one moment. What it finds missing is noted. Answers whether it certified the poll. Throws
 * LedgerFault where the ledger does not add up.
 */
export async function certifyPoll(
  pool: DatabasePool,
  { pollNo }: PollNames,
  signer: Signer,
): Promise<boolean> {
  const isCertified = await pool.transaction(async (tx) => {
    await tx.query(sql.type(none)`set transaction isolation level repeatable read`)
    if (!(await onlyOneWorksOn(tx, pollNo))) return false
    const its = await countingPoll(tx, pollNo)
    if (its === null || its.admitted === null) return false
    const { admitted } = its
    await allowLongReads(tx)
    const ledger = await counted.ledgerSums(tx, pollNo)
    const missing = whatIsMissing({
      ...{ admitted, ledger },
      copied: await counted.copiedAccepted(tx, pollNo),
      batchesMissing: await batchesMissing(tx, its.lastBatches ?? {}),
    })
    const certified = missing.length > 0 ? missing : await certificate(tx, its, admitted, ledger)
    if (Array.isArray(certified)) {
      await noteMissing(tx, pollNo, ledger.received, certified)
      return false
    }
    await makeAnchor(tx, its, signer, certified)
    if (!(await noteCertified(tx, pollNo, certified))) return false
    const poll = await publicPollOf(tx, pollNo)
    const message = pollChangedMessage(poll, 'certified', new Date(certified.certifiedAt))
    await tx.query(sql.type(none)`
      insert into poll_events (poll_id, message) values (${poll.pollId}, ${sql.binary(message)})`)
    crashPoint('certify.before-commit')
    return true
  })
  if (isCertified) crashPoint('certify.certified')
  return isCertified
}

/** Reads the whole ledger and all votes; answers sentences where they do not agree. */
async function certificate(
  tx: CommonQueryMethods,
  its: PollNames,
  admitted: number,
  sums: counted.LedgerSums,
): Promise<Certified | string[]> {
  const { pollNo } = its
  const poll = await publicPollOf(tx, pollNo)
  const { options, boxes } = poll
  const ends = await shardEnds(tx, pollNo)
  const { counts, absent } = await countLedger(tx, its, poll, ends, await readAnchored(tx, pollNo))
  const rows = await counted.storedCounts(tx, pollNo, { boxes: boxes.length, options: options.length })
  const shards = counts.map((_, place) => ends.reduce((sum, end) => sum + (end.counts[place] ?? 0), 0))
  const differing = [...absent, ...whereCountsDiffer(poll, { ledger: counts, rows, shards })]
  if (differing.length > 0) return differing
  const voters = await counted.votersByVotes(tx, pollNo)
  return {
    ...{ certifiedAt: new Date().toISOString(), poll: hash('sha256', pollText(poll), 'hex') },
    ...{ admitted, ...sums },
    ...{ options: options.map(({ optionId }) => optionId), boxes: boxes.map(({ boxId }) => boxId), counts },
    voters: voters.map(({ boxNo, ...many }) => ({ boxId: boxes[boxNo]?.boxId ?? '', ...many })),
  }
}

/** The counts that the ledger's own bytes make, from the first row of every shard to its last, and what they lack. */
async function countLedger(
  tx: CommonQueryMethods,
  { pollNo, pollId }: PollNames,
  { options, boxes }: Poll,
  ends: readonly ShardEnd[],
  anchored: Anchored,
): Promise<{ readonly counts: number[]; readonly absent: readonly string[] }> {
  const optionNos = new Map(options.map(({ optionId }, no) => [optionId, no]))
  const boxNos = new Map(boxes.map(({ boxId }, no) => [boxId, no]))
  const counts = new Array<number>(boxes.length * options.length).fill(0)
  const runs = checkRuns()
  for (const { shard, seq, hash: last } of ends) {
    const rows = ledgerRows(tx, pollNo, shard, 0, seq)
    const known = anchored.shards.get(shard)
    const end = await followChain({ pollId, shard }, rows, { seq: 0, hash: firstHash }, seq, (row, read) => {
      if (row.seq === known?.seq && row.hash.toString('hex') !== known.hash)
        throw new LedgerFault(`Row ${row.seq} of shard ${shard} is not the one that was anchored.`)
      runs.row(read.content)
      for (const [position, , box, option] of read.content.votes) {
        if (read.outcomeOf(position) !== 'counted') continue
        const place = (boxNos.get(box) ?? NaN) * options.length + (optionNos.get(option) ?? NaN)
        if (Number.isNaN(place))
          throw new LedgerFault(
            `Batch ${row.batchId} counts a vote for ${option} in ${box}, which the poll has not.`,
          )
        counts[place] = (counts[place] ?? 0) + 1
      }
    })
    if (!end.hash.equals(last))
      throw new LedgerFault(`The counters of shard ${shard} name another last row than the ledger has.`)
  }
  const { missing, overlaps } = runs.end()
  const [overlap] = overlaps
  if (overlap !== undefined) throw new LedgerFault(overlap)
  return { counts, absent: whatIsAbsent(missing) }
}
