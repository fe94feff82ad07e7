/** What the read model answers on its own port: tallies, events and reports out of Kafka alone. */
import { z } from 'zod'

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
