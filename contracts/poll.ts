/** A poll as everyone outside sees it, and the inputs that make and change one. */
import { z } from 'zod'
import { boxIdShape, optionIdShape, pollIdShape, slugShape } from './ids.ts'

/** In the order of a poll's life; moderators filter by them in this order. */
export const pollStates = ['draft', 'scheduled', 'open', 'closed', 'counting', 'certified'] as const
export const pollStateShape = z.enum(pollStates)

/** An instant as ISO 8601 with a zone; leaves as epoch milliseconds. */
const instantShape = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

/** Postgres cannot store a NUL. */
const textShape = z
  .string()
  .refine((text) => !text.includes('\u0000'), 'must not hold a NUL character')
  .trim()

const questionShape = textShape.min(1, 'a poll needs a question').max(200)
const descriptionShape = textShape.max(1_000)
const colourShape = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is written #rrggbb')
const optionTextShape = textShape.min(1, 'an option needs a text').max(100)

/** An option to create: a bare text, or a text with its own id, colour or picture. */
export const newOptionShape = z.union([
  optionTextShape.transform((text) => ({ text })),
  z.strictObject({
    text: optionTextShape,
    optionId: optionIdShape.optional(),
    colour: colourShape.optional(),
    pictureUrl: z.url().max(500).optional(),
  }),
])
const newOptionsShape = z.array(newOptionShape).min(2, 'a poll has at least 2 options').max(100)

/** `admin.createPoll`: with `opensAt` the poll is scheduled, without it a draft. */
export const createPollShape = z
  .strictObject({
    question: questionShape,
    description: descriptionShape.default(''),
    slug: slugShape.optional(),
    options: newOptionsShape,
    opensAt: instantShape.nullish(),
    closesAt: instantShape.nullish(),
  })
  .refine((poll) => poll.opensAt == null || poll.closesAt == null || poll.closesAt > poll.opensAt, {
    message: 'closesAt must be later than opensAt',
    path: ['closesAt'],
  })
export type CreatePoll = z.output<typeof createPollShape>

/** `admin.updatePoll`: only what is named changes; options only before the poll opens. */
export const updatePollShape = z.strictObject({
  pollId: pollIdShape,
  question: questionShape.optional(),
  description: descriptionShape.optional(),
  slug: slugShape.optional(),
  options: newOptionsShape.optional(),
  opensAt: instantShape.nullish(),
  closesAt: instantShape.nullish(),
})
export type UpdatePoll = z.output<typeof updatePollShape>

export const onePollShape = z.strictObject({ pollId: pollIdShape })

const optionShape = z.object({
  optionId: optionIdShape,
  text: z.string(),
  colour: z.string().nullable(),
  pictureUrl: z.string().nullable(),
})

/** How often one voter may vote in a box; perSeconds null = in the whole poll. A null limit = unlimited. */
const limitShape = z.object({ votes: z.int().positive(), perSeconds: z.int().positive().nullable() })

const boxShape = z.object({
  boxId: boxIdShape,
  voters: z.enum(['device', 'verified']),
  limit: limitShape.nullable(),
  /** Share of the result in basis points; the boxes of a poll sum to 10,000. */
  weight: z.int().min(0).max(10_000),
})

/** Times are ISO 8601 in UTC. `version` grows with every change of the poll. */
export const pollShape = z.object({
  pollId: pollIdShape,
  slug: slugShape,
  question: z.string(),
  description: z.string(),
  state: pollStateShape,
  opensAt: z.string().nullable(),
  closesAt: z.string().nullable(),
  options: z.array(optionShape),
  boxes: z.array(boxShape),
  version: z.int(),
})
export type Poll = z.infer<typeof pollShape>
export type BallotBox = z.infer<typeof boxShape>

/**
 * A poll as our own processes keep it on Redis: the public poll with its inner number, the versions that
 * bind its votes, and its times in milliseconds. An option's number is its place in `options`, a box'
 * number its place in `boxes`.
 */
export const pollRecordShape = pollShape.extend({
  pollNo: z.int().positive(),
  rulesVersion: z.int(),
  keyVersion: z.int(),
  graceMs: z.int().min(0),
  opensAtMs: z.number().nullable(),
  closesAtMs: z.number().nullable(),
})
export type PollRecord = z.infer<typeof pollRecordShape>

/** The poll without what only our own processes need. */
export function publicPoll({
  pollId,
  slug,
  question,
  description,
  state,
  opensAt,
  closesAt,
  options,
  boxes,
  version,
}: PollRecord): Poll {
  return { pollId, slug, question, description, state, opensAt, closesAt, options, boxes, version }
}
