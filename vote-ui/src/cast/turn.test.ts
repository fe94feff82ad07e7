/** The rules of whose turn it is. */
import { expect, test } from 'vitest'
import type { BallotBox } from '../../../contracts/poll.ts'
import { turnIn } from './turn.ts'

const box = (limit: BallotBox['limit'], voters: BallotBox['voters'] = 'device'): BallotBox => ({
  boxId: 'fans',
  voters,
  limit,
  weight: 10_000,
})
const known = { mayVote: true, remaining: 3, nextAtMs: null, asOfMs: 0 }
const aMinute = box({ votes: 7, perSeconds: 60 })

test('U41 a voter of whom nothing is known may vote, in a verified box too; one who is known to lack an identity may not', () => {
  expect(turnIn(aMinute, null, 0)).toEqual({ at: 'ready', left: null })
  expect(turnIn(box(null, 'verified'), null, 0)).toEqual({ at: 'ready', left: null })
  expect(turnIn(box(null), { ...known, mayVote: false }, 0)).toEqual({ at: 'identity-needed' })
})

test('U42 what is left is told for as long as its window: then it may only be more', () => {
  expect(turnIn(aMinute, known, 59_999)).toEqual({ at: 'ready', left: 3 })
  expect(turnIn(aMinute, known, 60_000)).toEqual({ at: 'ready', left: null })
  expect(turnIn(box({ votes: 7, perSeconds: null }), known, 1e12)).toEqual({ at: 'ready', left: 3 })
})

test('U43 a used window is waited for until its instant, and a used poll for ever', () => {
  const used = { ...known, remaining: 0, nextAtMs: 5_000 }
  expect(turnIn(aMinute, used, 4_999)).toEqual({ at: 'waiting', untilMs: 5_000 })
  expect(turnIn(aMinute, used, 5_000)).toEqual({ at: 'ready', left: null })
  expect(turnIn(box({ votes: 7, perSeconds: null }), { ...known, remaining: 0 }, 1e12)).toEqual({
    at: 'spent',
  })
})
