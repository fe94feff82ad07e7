/** Draws the faults of a run: the same seed and stage give the same faults at the same times. */
import { makeChance, type Chance } from '../generated-calls.ts'

/** What takes part, by how many of each there are. */
export interface Troupe {
  readonly gateways: number
  readonly persisters: number
  readonly publishers: number
  /** One process for each other role. */
  readonly others: number
  readonly kafkaNodes: number
  /** Whether Postgres lies on a disk of its own that can be filled. */
  readonly canFillDisk: boolean
}

export interface DrawnFault {
  readonly no: number
  /** When it begins, ms after the first vote. */
  readonly atMs: number
  readonly kind: FaultKind
  /** Which of the things that it can befall. */
  readonly target: number
  /** How long it lasts before it is made good, ms. */
  readonly lastsMs: number
  /** For what else a fault has to choose: 0 <= pick < 1. */
  readonly pick: number
}

type Part = 'gateway' | 'persister' | 'publisher' | 'other' | 'redis' | 'postgres' | 'kafka' | 'none'

interface Kind {
  /** What it befalls: two faults never befall the same at once. */
  readonly part: Part
  /** How often it comes in one deck. */
  readonly weight: number
  /** From, to, ms. */
  readonly lasts: readonly [number, number]
  /** How long its part is not itself again after that, about, ms. */
  readonly heals: number
  /** All of the part at once. */
  readonly all?: true
}

/** Longer than a shard's lease and a job's lock, which are 10 s. */
const pausedMs = [12_000, 14_000] as const
const shortly = [100, 1_500] as const

const kinds = {
  'kill-gateway': { part: 'gateway', weight: 2, lasts: shortly, heals: 2_500 },
  'kill-persister': { part: 'persister', weight: 2, lasts: shortly, heals: 2_500 },
  'kill-publisher': { part: 'publisher', weight: 1, lasts: shortly, heals: 2_500 },
  'kill-other': { part: 'other', weight: 2, lasts: shortly, heals: 2_500 },
  'kill-redis': { part: 'redis', weight: 1, lasts: shortly, heals: 2_000 },
  'kill-postgres': { part: 'postgres', weight: 1, lasts: shortly, heals: 3_000 },
  'kill-kafka': { part: 'kafka', weight: 1, lasts: [1_000, 4_000], heals: 5_000 },
  'kafka-outage': { part: 'kafka', weight: 1, lasts: [11_000, 13_000], heals: 6_000, all: true },
  'pause-gateway': { part: 'gateway', weight: 1, lasts: pausedMs, heals: 1_000 },
  'pause-persister': { part: 'persister', weight: 1, lasts: pausedMs, heals: 1_000 },
  'pause-publisher': { part: 'publisher', weight: 1, lasts: pausedMs, heals: 1_000 },
  'restart-redis': { part: 'redis', weight: 1, lasts: [0, 500], heals: 2_000 },
  'restart-postgres': { part: 'postgres', weight: 1, lasts: [0, 500], heals: 3_000 },
  'postgres-immediate': { part: 'postgres', weight: 1, lasts: [0, 500], heals: 3_000 },
  'postgres-disk-full': { part: 'postgres', weight: 1, lasts: [3_000, 6_000], heals: 4_000 },
  'cut-answers': { part: 'gateway', weight: 2, lasts: [200, 1_000], heals: 100 },
  'cut-requests': { part: 'gateway', weight: 1, lasts: [200, 1_000], heals: 100 },
  'cut-redis-before': { part: 'gateway', weight: 1, lasts: [0, 0], heals: 500 },
  'cut-redis-after': { part: 'gateway', weight: 1, lasts: [0, 0], heals: 500 },
  'cut-tally-answer': { part: 'persister', weight: 1, lasts: [0, 0], heals: 500 },
  'repeat-jobs': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  'unmark-rows': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  'steal-shard': { part: 'none', weight: 1, lasts: [3_000, 5_000], heals: 0 },
  'die-in-gateway': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  'die-before-commit': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  'die-after-commit': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  'die-after-tally': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  'die-after-send': { part: 'none', weight: 1, lasts: [0, 0], heals: 0 },
  // Never drawn unless it is asked for: they lose what was only queued, and it must be named.
  'forget-all': { part: 'redis', weight: 0, lasts: [0, 0], heals: 5_000 },
  'forget-in-hand': { part: 'redis', weight: 0, lasts: [0, 0], heals: 10_000 },
} as const satisfies Record<string, Kind>

export type FaultKind = keyof typeof kinds
export const faultKinds = Object.keys(kinds) as readonly FaultKind[]
export const forgetting: readonly FaultKind[] = ['forget-all', 'forget-in-hand']

/** What a fault holds until it is made good, coarsely: of Kafka's nodes one at a time, so that there is a majority. */
export function partOf({ kind, target }: Pick<DrawnFault, 'kind' | 'target'>): string {
  const { part } = kinds[kind]
  if (part === 'none') return kind
  return part === 'kafka' ? part : `${part} ${target}`
}

// Now and then one begins while the one before has hardly begun.
const overlapping = 0.2

export function drawFaults(its: {
  readonly seed: number
  readonly faults: number
  readonly everyMs: number
  readonly mostMs: number
  readonly troupe: Troupe
  readonly only: readonly FaultKind[] | null
  readonly forget: boolean
}): DrawnFault[] {
  const { seed, faults, everyMs, mostMs, troupe } = its
  const chance = makeChance(seed)
  const cards = deckOf(its)
  const freeAt = new Map<string, number>()
  const drawn: DrawnFault[] = []
  let deck: FaultKind[] = []
  let atMs = 1_500
  while (drawn.length < faults) {
    if (drawn.length > 0) {
      const share = chance.isIn(overlapping) ? 0.15 : 0.5 + 1.4 * chance.next()
      atMs = Math.round(atMs + everyMs * share)
    }
    if (atMs > mostMs) break
    if (deck.length === 0) deck = shuffled(cards, chance)
    // The next card whose part is whole by now; where none is, the first one waits for it.
    const place = Math.max(
      deck.findIndex((kind) => freeTarget(kind, atMs) !== null),
      0,
    )
    const [kind] = deck.splice(place, 1)
    if (kind === undefined) throw new Error('there is no fault to draw')
    const [from, to] = kinds[kind].lasts
    const lastsMs = Math.round(from + (to - from) * chance.next())
    const pick = chance.next()
    const places = placesOf(kind)
    const target = freeTarget(kind, atMs, pick) ?? Math.floor(pick * places)
    for (const name of namesOf(kind, target)) {
      atMs = Math.max(atMs, freeAt.get(name) ?? 0)
      freeAt.set(name, atMs + lastsMs + kinds[kind].heals)
    }
    drawn.push({ no: drawn.length + 1, atMs, kind, target, lastsMs, pick })
  }
  return drawn

  function placesOf(kind: FaultKind): number {
    const its: Kind = kinds[kind]
    return its.all === true ? 1 : sizeOf(its.part, troupe)
  }
  function namesOf(kind: FaultKind, target: number): readonly string[] {
    const { part, all }: Kind = kinds[kind]
    if (part === 'none') return []
    if (all !== true) return [`${part} ${target}`]
    return Array.from({ length: sizeOf(part, troupe) }, (_, i) => `${part} ${i}`)
  }
  function freeTarget(kind: FaultKind, at: number, pick = 0): number | null {
    const places = placesOf(kind)
    for (let i = 0; i < places; i++) {
      const target = (Math.floor(pick * places) + i) % places
      if (namesOf(kind, target).every((name) => (freeAt.get(name) ?? 0) <= at)) return target
    }
    return null
  }
}

function deckOf(its: { troupe: Troupe; only: readonly FaultKind[] | null; forget: boolean }): FaultKind[] {
  const { troupe, only, forget } = its
  const isPossible = (kind: FaultKind) =>
    sizeOf(kinds[kind].part, troupe) > 0 && (kind !== 'postgres-disk-full' || troupe.canFillDisk)
  if (only !== null) return only.filter(isPossible)
  const usual = faultKinds
    .filter(isPossible)
    .flatMap((kind) => new Array<FaultKind>(kinds[kind].weight).fill(kind))
  return forget ? [...usual, ...forgetting] : usual
}

function sizeOf(part: Part, troupe: Troupe): number {
  switch (part) {
    case 'gateway':
      return troupe.gateways
    case 'persister':
      return troupe.persisters
    case 'publisher':
      return troupe.publishers
    case 'other':
      return troupe.others
    case 'kafka':
      return troupe.kafkaNodes
    case 'redis':
    case 'postgres':
    case 'none':
      return 1
  }
}

function shuffled<T>(cards: readonly T[], chance: Chance): T[] {
  const deck = [...cards]
  for (let i = deck.length - 1; i > 0; i--) {
    const j = chance.upTo(i)
    const [a, b] = [deck[i] as T, deck[j] as T]
    deck[i] = b
    deck[j] = a
  }
  return deck
}
