/** The books of a poll: what the role `reconcile` finds at each look, side by side. */
import { z } from 'zod'

/**
 * accepted = counted + repeats + refused + rejected + waiting + lost. accepted: what the gateways copied to Postgres;
 * counted to rejected: the ledger's rows of no newer batches; waiting: found in the queue; lost: batches that are in
 * neither. `unexplained` is what is left over: 0, or something is wrong.
 */
const booksShape = z.object({
  accepted: z.int(),
  counted: z.int(),
  repeats: z.int(),
  refused: z.int(),
  rejected: z.int(),
  waiting: z.int(),
  lost: z.int(),
  unexplained: z.int(),
})

/**
 * Where counted votes can be read, each on its own: ledger (outcomes in its rows), rows (of `votes`), shards (their
 * counters), minutes (their counters), events (distinct, read back from Kafka), shown (the tally on Redis), readModel.
 */
export const sourceNames = ['ledger', 'rows', 'shards', 'minutes', 'events', 'shown', 'readModel'] as const
export type SourceName = (typeof sourceNames)[number]

/** votes: counted votes; null where it could not be read, and `fault` says why. batches: null where it has none. */
const sourceShape = z.object({
  name: z.enum(sourceNames),
  votes: z.int().nullable(),
  batches: z.int().nullable(),
  fault: z.string().nullable(),
})

/**
 * A number that is not what it should be. what: which one. says: a sentence for a person. votes: by how many it is off
 * (found - expected). since: ISO 8601, when it was first seen. heals: whether it is being put right by itself; what is
 * on its way is no drift.
 */
const driftShape = z.object({
  what: z.enum([...sourceNames, 'books', 'lost', 'unreadable', 'seqGap']),
  says: z.string(),
  votes: z.int(),
  since: z.string(),
  heals: z.boolean(),
})
export type Drift = z.infer<typeof driftShape>

export const reconciliationShape = z.object({
  pollId: z.string(),
  asOf: z.string(),
  books: booksShape,
  sources: z.array(sourceShape),
  drifts: z.array(driftShape),
})
export type Reconciliation = z.infer<typeof reconciliationShape>
