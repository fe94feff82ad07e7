/** What the read model answers on its own port: tallies, events and reports out of Kafka alone. */
import { z } from 'zod'
import { pollIdShape } from './ids.ts'

/** Where it is asked. */
export const readModelPaths = {
  tally: (pollId: string) => `/tallies/${pollId}`,
  events: '/events',
  report: (pollId: string) => `/reports/${pollId}`,
} as const

const instant = (name: string) =>
  z.iso.datetime({ offset: true, error: `${name} must be an ISO 8601 instant` })

/** `?at=` of every address: the state of that moment, where `npm run replay -- --at` has made it. */
export const momentShape = z.strictObject({ at: instant('at').optional() })

/** What `GET /tallies/{pollId}` is asked with. storedUpTo: for moderators, see `upTo` of the answer. */
export const tallyAskedShape = momentShape.extend({ storedUpTo: instant('storedUpTo').optional() })

/** An event of a full group has 35 kB. */
export const mostEventsOfPage = 200

/** What `GET /events` is asked with. from and to: of the event's time, from included, to not. */
export const eventsAskedShape = z.strictObject({
  poll: pollIdShape.optional(),
  type: z.string().max(100).optional(),
  from: instant('from').optional(),
  to: instant('to').optional(),
  batchId: z.uuid('batchId must be a UUID').toLowerCase().optional(),
  after: z.string().max(300).optional(),
  first: z.coerce
    .number(`first must be a whole number from 1 to ${mostEventsOfPage}`)
    .pipe(
      z
        .int()
        .min(1, 'first must be at least 1')
        .max(mostEventsOfPage, `first must be at most ${mostEventsOfPage}`),
    )
    .default(100),
  at: instant('at').optional(),
})
export type EventsAsked = z.output<typeof eventsAskedShape>

/** `GET /tallies/{pollId}`. asOf: when the newest event behind it was stored, ISO 8601; null before the first. */
export const modelTallyShape = z.object({
  pollId: z.string(),
  asOf: z.string().nullable(),
  /** How many ledger rows are in it. */
  batches: z.int(),
  total: z.int(),
  options: z.array(z.object({ optionId: z.string(), votes: z.int() })),
  boxes: z.array(
    z.object({
      boxId: z.string(),
      total: z.int(),
      options: z.array(z.object({ optionId: z.string(), votes: z.int() })),
    }),
  ),
  /**
   * Where a moderator asks with `storedUpTo`: the same of the ledger rows stored up to then, and of each partition of
   * the topic of votes the offset behind what was applied; all of one moment.
   */
  upTo: z.object({ batches: z.int(), total: z.int(), offsets: z.record(z.string(), z.int()) }).optional(),
})
export type ModelTally = z.infer<typeof modelTallyShape>

/** One event as it came: data is the CloudEvent's. */
export const storedEventShape = z.object({
  id: z.string(),
  type: z.string(),
  pollId: z.string(),
  time: z.string(),
  batchId: z.string().nullable(),
  data: z.unknown(),
})

/** `GET /events`: oldest first; nextAfter begins the next page, null at the end. */
export const eventPageShape = z.object({
  events: z.array(storedEventShape),
  nextAfter: z.string().nullable(),
})
export type EventPage = z.infer<typeof eventPageShape>

const optionVotesShape = z.array(z.object({ optionId: z.string(), votes: z.int() }))

/**
 * `GET /reports/{pollId}`. hours: in the poll's time zone, `at` is when each begins. peak: the minute with the most votes,
 * null before the first. shares: for each box and minute with votes, what each option had by then. outcomes: what became
 * of accepted votes that are not in the result, by reason. voters: how many voters of a box have how many votes, told at
 * certification; empty until then. rounds: this poll and its earlier rounds, oldest first.
 */
export const reportShape = z.object({
  pollId: z.string(),
  question: z.string(),
  asOf: z.string().nullable(),
  isRehearsal: z.boolean(),
  timeZone: z.string(),
  total: z.int(),
  hours: z.array(z.object({ at: z.string(), votes: z.int() })),
  peak: z.object({ at: z.string(), votes: z.int() }).nullable(),
  shares: z.array(z.object({ boxId: z.string(), at: z.string(), options: optionVotesShape })),
  outcomes: z.array(
    z.object({ outcome: z.enum(['repeat', 'refused', 'rejected']), why: z.string(), votes: z.int() }),
  ),
  voters: z.array(z.object({ boxId: z.string(), votes: z.int(), voters: z.int() })),
  rounds: z.array(
    z.object({ pollId: z.string(), round: z.int(), total: z.int(), options: optionVotesShape }),
  ),
})
export type Report = z.infer<typeof reportShape>
