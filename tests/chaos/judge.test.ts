/** The judge: from logs and rows that agree it has nothing to say; each single disagreement it names by its sign. */
import { describe, expect, it } from 'vitest'
import { canonicalBytes, type LedgerContent } from '../../contracts/ledger.ts'
import type { VoteAnswer } from '../../contracts/vote.ts'
import { rowHash } from '../row-hash.ts'
import { isTooGentle, judge, type Known } from './judge.ts'
import type { Seen, SeenLedgerRow } from './seen.ts'
import type { ChaosPoll, LoggedVote } from './voters.ts'

const one: ChaosPoll = { pollId: 'one', name: 'one vote', limit: 1, optionIds: ['samba', 'forro'] }
const seven: ChaosPoll = { pollId: 'seven', name: '7 an hour', limit: 7, optionIds: ['samba', 'forro'] }

const accepted = (voteId: string, batchId: string, position: number): VoteAnswer => ({
  accepted: true,
  ...{ voteId, acceptedAt: '2026-01-01T00:00:00.000Z', remaining: null, receipt: { batchId, position } },
})
const refused = (reason: 'already-voted' | 'limit-reached' | 'unknown-poll'): VoteAnswer => ({
  ...{ accepted: false, reason, message: '' },
})
const cast = (
  voter: number,
  poll: ChaosPoll,
  voteId: string,
  optionId: string,
  answers: VoteAnswer[],
): LoggedVote => ({ ...{ voter, voteId, optionId, answers }, pollId: poll.pollId, sends: [], faults: [] })

function ledgerOf(contents: readonly LedgerContent[]): SeenLedgerRow[] {
  let before: Buffer = Buffer.alloc(32)
  return contents.map((content, i) => {
    const bytes = canonicalBytes(content)
    before = rowHash(before, bytes)
    return { shard: 3, seq: i + 1, hash: before.toString('hex'), bytes: String(bytes), content }
  })
}

const content = (batchId: string, votes: LedgerContent['votes'], pollId = 'one'): LedgerContent => ({
  ...{ pollId, batchId, run: 'run', runAccepted: votes.length, votes, uncounted: [] },
  acceptedAt: '2026-01-01T00:00:00.000Z',
})

const eventOf = (its: LedgerContent) => ({
  id: `${its.batchId}/${its.pollId}`,
  bytes: String(canonicalBytes(its)),
  content: its,
})

/** Two voters with a vote each, in two batches; the first tried a second one. */
function whole(): { known: Known; seen: Seen } {
  const contents = [
    content('b1', [[0, 'v1', 'audience', 'samba']]),
    content('b2', [[4, 'v2', 'audience', 'forro']]),
  ]
  const ledger = ledgerOf(contents)
  return {
    known: {
      polls: [one],
      log: [
        cast(1, one, 'v1', 'samba', [accepted('v1', 'b1', 0)]),
        cast(2, one, 'v2', 'forro', [accepted('v2', 'b2', 4), accepted('v2', 'b2', 4)]),
        cast(1, one, 'v3', 'forro', [refused('already-voted')]),
      ],
      stolen: [{ shard: 3, before: { 1: 2 }, after: { 1: 2 } }],
      forgotten: 0,
    },
    seen: {
      rows: [
        { pollId: 'one', voteId: 'v1', optionId: 'samba', batchId: 'b1', position: 0 },
        { pollId: 'one', voteId: 'v2', optionId: 'forro', batchId: 'b2', position: 4 },
      ],
      ledger,
      events: contents.map(eventOf),
      messages: 3,
      tallies: [{ by: 'Redis', pollId: 'one', options: { samba: 1, forro: 1 } }],
      statuses: [
        { voteId: 'v1', state: 'counted' },
        { voteId: 'v3', state: 'unknown' },
      ],
      ...{ jobsLeft: 0, unemitted: 0, missing: { batches: 0, votes: 0 } },
    },
  }
}

const signs = ({ known, seen }: { known: Known; seen: Seen }) =>
  judge(known, seen).disagreements.map(({ sign }) => sign)

describe('the judge', () => {
  it('CJ1 has nothing to say where all agree', () => {
    const { known, seen } = whole()
    const { lines, disagreements } = judge(known, seen)
    expect(disagreements).toEqual([])
    expect(lines).toEqual([
      {
        ...{ name: 'one vote', acknowledged: 2, stored: 2, counted: 2, streamed: 2, shown: 2 },
        ...{ lost: 0, double: 0 },
      },
    ])
  })

  it('CJ2 names a vote that was accepted and is nowhere', () => {
    const { known, seen } = whole()
    const log = [...known.log, cast(9, one, 'v9', 'samba', [accepted('v9', 'b9', 0)])]
    const { disagreements, lines } = judge({ ...known, log }, seen)
    expect(disagreements).toEqual([
      { sign: 'lost', says: 'one vote: 1 votes were accepted and are not stored: v9' },
    ])
    expect(lines[0]).toMatchObject({ acknowledged: 3, stored: 2, lost: 1, double: 0 })
  })

  it('CJ3 names a vote that lies in two batches, and one that two events bring', () => {
    const { known, seen } = whole()
    const again = content('b3', [[0, 'v1', 'audience', 'samba']])
    const ledger = ledgerOf([...seen.ledger.map((row) => row.content), again])
    expect(signs({ known, seen: { ...seen, ledger } })).toEqual(['double'])
    const events = [...seen.events, eventOf(again)]
    const { lines, disagreements } = judge(known, { ...seen, ledger, events })
    expect(disagreements.map(({ sign }) => sign)).toEqual(['double', 'double'])
    expect(lines[0]).toMatchObject({ lost: 0, double: 1 })
  })

  it('CJ4 names a row that nobody sent, or sent for another option', () => {
    const { known, seen } = whole()
    const stray = { pollId: 'one', voteId: 'v8', optionId: 'samba', batchId: 'b1', position: 1 }
    const strays = judge(known, { ...seen, rows: [...seen.rows, stray] }).disagreements
    expect(strays[0]).toEqual({
      sign: 'stray',
      says: 'one vote: 1 votes are stored that nobody sent like this: v8 for samba',
    })
    const turned = seen.rows.map((row) => (row.voteId === 'v1' ? { ...row, optionId: 'forro' } : row))
    expect(signs({ known, seen: { ...seen, rows: turned } })).toContain('stray')
  })

  it('CJ5 names votes that the ledger or Kafka lacks', () => {
    const { known, seen } = whole()
    const ledger = seen.ledger.slice(0, 1)
    expect(signs({ known, seen: { ...seen, ledger } })).toEqual(['not-counted', 'stray'])
    const events = seen.events.slice(1)
    expect(signs({ known, seen: { ...seen, events } })).toEqual(['not-streamed'])
  })

  it('CJ6 names who shows another count', () => {
    const { known, seen } = whole()
    const tallies = [...seen.tallies, { by: 'gateway 2', pollId: 'one', options: { samba: 2, forro: 1 } }]
    const { disagreements, lines } = judge(known, { ...seen, tallies })
    expect(disagreements).toEqual([
      { sign: 'shown', says: 'one vote: gateway 2 shows: 2 for samba, of which 1 are stored' },
    ])
    expect(lines[0]?.shown).toBe(3)
  })

  it('CJ7 names a refusal that was no refusal, and one without cause', () => {
    const { known, seen } = whole()
    const log = known.log.map((vote) =>
      vote.voteId === 'v2' ? { ...vote, answers: [refused('already-voted')] } : vote,
    )
    expect(signs({ known: { ...known, log }, seen })).toEqual(['refused-but-stored'])
    const third = cast(7, one, 'v7', 'samba', [refused('already-voted')])
    expect(signs({ known: { ...known, log: [...known.log, third] }, seen })).toEqual([
      'refused-without-cause',
    ])
    const strange = cast(1, one, 'v7', 'samba', [refused('unknown-poll')])
    expect(signs({ known: { ...known, log: [...known.log, strange] }, seen })).toEqual([
      'refused-without-cause',
    ])
  })

  it('CJ8 names a voter with more votes than allowed', () => {
    const ids = Array.from({ length: 8 }, (_, i) => `w${i}`)
    const votes = ids.map((id, i): LedgerContent['votes'][number] => [i, id, 'audience', 'samba'])
    const its = content('b1', votes, 'seven')
    const known = {
      polls: [seven],
      log: ids.map((id, i) => cast(1, seven, id, 'samba', [accepted(id, 'b1', i)])),
      ...{ stolen: [], forgotten: 0 },
    }
    const seen = {
      ...whole().seen,
      rows: ids.map((voteId, position) => ({
        pollId: 'seven',
        voteId,
        optionId: 'samba',
        batchId: 'b1',
        position,
      })),
      ledger: ledgerOf([its]),
      events: [eventOf(its)],
      tallies: [],
      statuses: [],
    }
    expect(judge(known, seen).disagreements).toEqual([
      { sign: 'limit-passed', says: '7 an hour: 1 voters have more than 7 votes: voter 1 with 8' },
    ])
  })

  it('CJ9 names a receipt that leads elsewhere, a wrong status, and a vote without any answer', () => {
    const { known, seen } = whole()
    const rows = seen.rows.map((row) => (row.voteId === 'v2' ? { ...row, position: 5 } : row))
    expect(signs({ known, seen: { ...seen, rows } })).toEqual(['receipt'])
    const statuses = [{ voteId: 'v1', state: 'unknown' }]
    expect(signs({ known, seen: { ...seen, statuses } })).toEqual(['status'])
    const log = [...known.log, cast(5, one, 'v5', 'samba', [])]
    expect(signs({ known: { ...known, log }, seen })).toEqual(['unanswered'])
  })

  it('CJ10 names a chain with a gap or another hash, a shard that grew in other hands, and what never came to rest', () => {
    const { known, seen } = whole()
    const [first, second] = seen.ledger
    if (first === undefined || second === undefined) throw new Error('two rows')
    expect(signs({ known, seen: { ...seen, ledger: [first, { ...second, seq: 3 }] } })).toEqual(['chain'])
    const other = { ...second, hash: first.hash }
    expect(signs({ known, seen: { ...seen, ledger: [first, other] } })).toEqual(['chain'])
    const stolen = [{ shard: 3, before: { 1: 2 }, after: { 1: 2, 2: 1 } }]
    expect(signs({ known: { ...known, stolen }, seen })).toEqual(['fence'])
    expect(signs({ known, seen: { ...seen, jobsLeft: 1, unemitted: 1 } })).toEqual(['stuck', 'stuck'])
  })

  it('CJ20 names a vote that the ledger says cannot be stored', () => {
    const { known, seen } = whole()
    const rejected = {
      ...content('b3', [[0, 'v1', 'audience', 'samba']]),
      uncounted: [{ position: 0, outcome: 'rejected' as const, why: '23505' }],
    }
    const ledger = ledgerOf([...seen.ledger.map((row) => row.content), rejected])
    expect(judge(known, { ...seen, ledger }).disagreements).toEqual([
      { sign: 'rejected', says: '1 votes were rejected: b3 0 (23505)' },
    ])
  })

  it('CJ11 lets a Redis that forgot lose only what is named', () => {
    const { known, seen } = whole()
    const log = [...known.log, cast(9, one, 'v9', 'samba', [accepted('v9', 'b9', 0)])]
    const forgetful = { ...known, log, forgotten: 1 }
    expect(signs({ known: forgetful, seen })).toEqual(['lost'])
    const named = { ...seen, missing: { batches: 1, votes: 1 } }
    expect(signs({ known: forgetful, seen: named })).toEqual([])
    expect(signs({ known, seen: named })).toEqual(['lost'])
  })

  it('CJ12 takes a run for too gentle where under half of its faults met votes in flight', () => {
    expect([isTooGentle(0, 1), isTooGentle(4, 9), isTooGentle(5, 10), isTooGentle(5, 9)]).toEqual([
      ...[true, true, false, false],
    ])
  })
})
