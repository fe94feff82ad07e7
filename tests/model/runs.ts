/** Draws runs: a poll with random rules, and what happens to it. */
import fc from 'fast-check'
import type { Rules } from './model.ts'

/** Ana and Bruno are two devices of one verified person; nobody vouches for Clara. */
export const voters = [
  { name: 'Ana', person: 'their person' },
  { name: 'Bruno', person: 'their person' },
  { name: 'Clara', person: null },
] as const
export const optionIds = ['samba', 'forro'] as const

export interface Cast {
  readonly voter: number
  /** A place in the list of boxes, round and round. */
  readonly box: number
  /** Which of this voter's votes for this box: one that was cast before is a repeat. */
  readonly number: number
  /** With its voteId, another choice than the one that belongs to it. */
  readonly twist: 'none' | 'option' | 'box'
  readonly door: 0 | 1
}

export type Step =
  /** All at once. */
  | { readonly does: 'cast'; readonly casts: readonly Cast[] }
  /** Votes one by one around the moment at which the voter's oldest vote leaves the window, and before if it is empty. */
  | { readonly does: 'edge'; readonly cast: Cast; readonly votes: number }
  | { readonly does: 'wait'; readonly ms: number }

/** Redis forgets everything; or that gateway, or the worker, is killed while votes are under way, and started again. */
export type Interlude = 'nothing' | 'amnesia' | 'kill 0' | 'kill 1' | 'kill worker'

export interface Run {
  readonly boxes: Rules['boxes']
  /** How long after its opening the poll closes by itself. */
  readonly closesAfterMs: number | null
  /** Between the acts. */
  readonly interludes: readonly Interlude[]
  readonly acts: readonly (readonly Step[])[]
}

/**
 * Windows that slide while a run waits for them; the hour is for what stays through everything. Time passes by itself:
 * a faked clock would be another judge than Redis', and an older `acceptedAt` the very thing that is tested.
 */
const waitedForS = [1, 2]

export const isWaitedFor = (perSeconds: number | null | undefined): perSeconds is number =>
  perSeconds != null && waitedForS.includes(perSeconds)

const limit = fc.oneof(
  fc.constant({ votes: 1, perSeconds: null }),
  fc.record({ votes: fc.integer({ min: 2, max: 7 }), perSeconds: fc.constant(null) }),
  {
    weight: 3,
    arbitrary: fc.record({
      votes: fc.integer({ min: 1, max: 7 }),
      perSeconds: fc.constantFrom(...waitedForS, 3_600),
    }),
  },
  fc.constant(null),
)
const box = fc.record({
  voters: fc.oneof(
    { weight: 4, arbitrary: fc.constant('device' as const) },
    fc.constant('verified' as const),
  ),
  limit,
})

const number = fc.nat({ max: 11 })
const door = fc.constantFrom<(0 | 1)[]>(0, 1)
const cast: fc.Arbitrary<Cast> = fc.record({
  voter: fc.nat({ max: voters.length - 1 }),
  box: fc.nat({ max: 2 }),
  number,
  twist: fc.oneof(
    { weight: 10, arbitrary: fc.constant('none' as const) },
    fc.constant('option' as const),
    fc.constant('box' as const),
  ),
  door,
})
/** Many at once are of one voter most of the time: they meet in a limit. */
const group = fc.oneof(fc.array(cast, { minLength: 1, maxLength: 6 }), {
  weight: 2,
  arbitrary: fc
    .tuple(cast, fc.array(fc.record({ number, door }), { minLength: 1, maxLength: 12 }))
    .map(([one, others]) => others.map((other) => ({ ...one, ...other }))),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: cast.map((one) => ({ does: 'cast', casts: [one] }) as const) },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('cast' as const), casts: group }) },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('edge' as const), cast, votes: fc.integer({ min: 1, max: 6 }) }),
  },
  fc.record({ does: fc.constant('wait' as const), ms: fc.integer({ min: 10, max: 1_000 }) }),
)

// Few sequences: runs with the same one are played together, since Redis and the gateways are of all of them.
const sequences: readonly (readonly Interlude[])[] = [
  ['nothing', 'nothing'],
  ['nothing', 'amnesia'],
  ['kill 0', 'nothing'],
  ['amnesia', 'kill 1'],
  ['kill 1', 'amnesia'],
  ['kill worker', 'amnesia'],
]

const act = fc.array(step, { maxLength: 5 })

export const runs: fc.Arbitrary<Run> = fc.record({
  boxes: fc.array(box, { minLength: 1, maxLength: 3 }),
  closesAfterMs: fc.oneof(
    { weight: 5, arbitrary: fc.constant(null) },
    fc.integer({ min: 1_500, max: 2_500 }),
  ),
  interludes: fc.constantFrom(...sequences),
  acts: fc.tuple(act, act, act),
})
