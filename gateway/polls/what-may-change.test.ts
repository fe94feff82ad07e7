/** Rules of what may change: each command in each state of a poll, and the words in which it is refused. */
import { describe, expect, it } from 'vitest'
import { newPoll } from '../../tests/live-redis.ts'
import type { UpdatePoll } from '../../contracts/poll.ts'
import type { StoredPoll } from './poll-rows.slonik.ts'
import * as may from './what-may-change.ts'

const now = Date.parse('2026-05-01T20:00:00.000Z')
const minute = 60_000
const pollId = newPoll().pollId

function poll(its: Partial<StoredPoll>): StoredPoll {
  const { opensAtMs = null, closesAtMs = null } = its
  return { ...newPoll(), state: 'draft', everOpened: false, opensAtMs, closesAtMs, ...its }
}
const draft = poll({})
const scheduled = poll({ state: 'scheduled', opensAtMs: now + 5 * minute })
const due = poll({ state: 'scheduled', opensAtMs: now - 1 })
const open = poll({ state: 'open', everOpened: true, opensAtMs: now - minute, closesAtMs: now + minute })
const late = poll({ state: 'open', everOpened: true, opensAtMs: now - minute, closesAtMs: now - 1_999 })
const overdue = poll({ state: 'open', everOpened: true, opensAtMs: now - minute, closesAtMs: now - 2_000 })
const closed = poll({ state: 'closed', everOpened: true, opensAtMs: now - minute, closesAtMs: now - 9_000 })
const counting = { ...closed, state: 'counting' as const }
const certified = { ...closed, state: 'certified' as const }
const archived = { ...closed, archivedAt: '2026-05-01T19:00:00.000Z' }
const revealed = { ...closed, visibility: 'embargo' as const, revealedAt: '2026-05-01T19:59:00.000Z' }
const all = { draft, scheduled, due, open, late, overdue, closed, counting, certified, archived, revealed }

/** What each poll answers: 'yes', or the reason. */
const inEach = (ask: (its: StoredPoll) => may.No | null) =>
  Object.fromEntries(Object.entries(all).map(([name, its]) => [name, ask(its)?.reason ?? 'yes']))
const update = (change: Omit<UpdatePoll, 'pollId'>) => (its: StoredPoll) =>
  may.whyNotUpdate(its, { pollId, ...change }, now)

const box = { boxId: 'fans', voters: 'device' as const, limit: null, weight: 10_000 }
const over = { counting: 'poll-state', certified: 'poll-state', archived: 'poll-state' }
const frozenOnceOpen = {
  ...{ draft: 'yes', scheduled: 'yes', due: 'poll-frozen', open: 'poll-frozen', late: 'poll-frozen' },
  ...{ overdue: 'poll-frozen', closed: 'poll-frozen', revealed: 'poll-frozen', ...over },
}

describe('what may change', () => {
  it('MC1 the state of a poll is that of its times, the grace included', () => {
    expect(Object.values(all).map((its) => may.stateNow(its, now))).toEqual(
      'draft scheduled open open open closed closed counting certified closed closed'.split(' '),
    )
    expect(may.stateNow({ ...due, closesAtMs: now - 2_000 }, now)).toBe('closed')
  })

  it('MC2 address, options, boxes, time zone and opening are frozen from the opening on', () => {
    const changes: Omit<UpdatePoll, 'pollId'>[] = [
      { slug: 'other' },
      { options: [{ text: 'A' }, { text: 'B' }] },
      { boxes: [box] },
      { timeZone: 'UTC' },
      { opensAt: now + minute },
      { opensAt: null },
    ]
    for (const change of changes) expect(inEach(update(change))).toEqual(frozenOnceOpen)
  })

  it('MC3 a poll that opens within a second is as frozen as one that has opened', () => {
    const opensIn = (ms: number) => poll({ state: 'scheduled', opensAtMs: now + ms })
    expect(update({ boxes: [box] })(opensIn(1_000))).toMatchObject({ reason: 'poll-frozen' })
    expect(update({ boxes: [box] })(opensIn(1_001))).toBeNull()
  })

  it('MC4 a refusal names each field, since when it is frozen, and what to do instead', () => {
    expect(update({ boxes: [box], timeZone: 'UTC', question: 'Other?' })(open)).toEqual({
      reason: 'poll-frozen',
      detail:
        'boxes: frozen since the poll opened at 2026-05-01T19:59:00.000Z; duplicatePoll makes a new round that can differ; ' +
        'timeZone: frozen since the poll opened at 2026-05-01T19:59:00.000Z; duplicatePoll makes a new round that can differ',
    })
  })

  it('MC5 texts and visibility change at any time before the count is certified', () => {
    const yes = { ...Object.fromEntries(Object.keys(all).map((name) => [name, 'yes'])), ...over }
    expect(inEach(update({ question: 'Other?', description: 'x' }))).toEqual(yes)
    expect(inEach(update({ visibility: 'live' }))).toEqual({ ...yes, revealed: 'poll-state' })
    expect(inEach(update({ visibility: 'embargo' }))).toEqual(yes)
    const secret = { ...closed, visibility: 'embargo' as const }
    expect(update({ visibility: 'live' })(secret)?.detail).toContain('revealPoll lifts its embargo')
    expect(update({ visibility: 'live' })({ ...open, visibility: 'embargo' })).toBeNull()
  })

  it('MC6 the close moves until it has come, its grace included', () => {
    const yes = { draft: 'yes', scheduled: 'yes', due: 'yes', open: 'yes', late: 'yes', ...over }
    const no = { overdue: 'poll-state', closed: 'poll-state', revealed: 'poll-state' }
    expect(inEach(update({ closesAt: now + 60 * minute }))).toEqual({ ...yes, ...no })
    expect(inEach(update({ closesAt: null }))).toEqual({ ...yes, ...no })
    expect(update({ closesAt: now + minute })(closed)?.detail).toContain('openPoll opens it again')
  })

  it('MC7 times lie to come and in their order; an opening may have passed a minute ago', () => {
    const at = (opensAt: number | null, closesAt: number | null) =>
      may.whyNotThen({ opensAt, closesAt }, { opensAtMs: null, closesAtMs: null }, now)?.detail ?? 'yes'
    expect(at(now - minute, now + 1)).toBe('yes')
    expect(at(now - minute - 1, null)).toContain('opensAt: 2026-05-01T19:58:59.999Z is past')
    expect(at(null, now)).toContain('closesAt: 2026-05-01T20:00:00.000Z is past')
    expect(at(now + minute, now + minute)).toContain('is not later than the opening')
    expect(update({ opensAt: now + 9 * minute })({ ...draft, closesAtMs: now + minute })?.detail).toContain(
      'closesAt: 2026-05-01T20:01:00.000Z is not later',
    )
  })

  it('MC8 opening takes options, an end to come, and counts that were not revealed', () => {
    expect(inEach((its) => may.whyNotOpen(its, { pollId }, now))).toEqual({
      ...{
        draft: 'yes',
        scheduled: 'yes',
        due: 'yes',
        open: 'yes',
        late: 'yes',
        overdue: 'yes',
        closed: 'yes',
      },
      ...{ ...over, revealed: 'poll-state' },
    })
    const why = (its: StoredPoll, closesAt?: number | null) =>
      may.whyNotOpen(its, { pollId, closesAt }, now)?.detail ?? 'yes'
    expect(why({ ...draft, options: [] })).toContain('options: a poll needs at least 2')
    expect(why({ ...draft, boxes: [] })).toContain('boxes:')
    expect(why(draft, now)).toContain('is past')
    expect(why({ ...draft, closesAtMs: now })).toContain('name another, or null')
    expect(why({ ...draft, closesAtMs: now }, null)).toBe('yes')
    expect(why(open, open.closesAtMs)).toBe('yes')
    expect(why(open, now + 9 * minute)).toContain('open already')
  })

  it('MC9 closing, revealing and archiving each have their time', () => {
    expect(inEach((its) => may.whyNotClose(its, now))).toEqual({
      ...{ draft: 'poll-state', scheduled: 'poll-state', counting: 'poll-state', certified: 'poll-state' },
      ...{
        due: 'yes',
        open: 'yes',
        late: 'yes',
        overdue: 'yes',
        closed: 'yes',
        archived: 'yes',
        revealed: 'yes',
      },
    })
    expect(inEach((its) => may.whyNotArchive(its, now))).toEqual({
      ...{ draft: 'yes', closed: 'yes', overdue: 'poll-state', counting: 'yes', certified: 'yes' },
      ...{ archived: 'yes', revealed: 'yes' },
      ...{ scheduled: 'poll-state', due: 'poll-state', open: 'poll-state', late: 'poll-state' },
    })
    expect(inEach((its) => may.whyNotReveal({ ...its, visibility: 'embargo' }, now))).toEqual({
      ...{
        closed: 'yes',
        overdue: 'poll-state',
        counting: 'yes',
        certified: 'yes',
        archived: 'yes',
        revealed: 'yes',
      },
      ...{ draft: 'poll-state', scheduled: 'poll-state', due: 'poll-state', open: 'poll-state' },
      late: 'poll-state',
    })
    expect(may.whyNotReveal(closed, now)?.detail).toContain('under no embargo')
    // Their rows do not say yet that they are over, and Postgres judges by them.
    for (const its of [overdue, { ...due, closesAtMs: now - 2_000 }]) {
      const closing = { reason: 'poll-state', detail: 'The poll is closing; try again in a moment.' }
      expect(may.whyNotArchive(its, now)).toEqual(closing)
      expect(may.whyNotReveal({ ...its, visibility: 'embargo' }, now)).toEqual(closing)
    }
  })
})
