/** A poll as everyone outside sees it, and the inputs that make and change one. */
import { z } from 'zod'
import { boxIdShape, optionIdShape, pollIdShape, slugShape } from './ids.ts'
import { mostLanes } from './lanes.ts'
import { isPlain, neededTextShape, sameToReaders, textShape } from './texts.ts'

/** In the order of a poll's life; moderators filter by them in this order. */
export const pollStates = ['draft', 'scheduled', 'open', 'closed', 'counting', 'certified'] as const
export const pollStateShape = z.enum(pollStates)

/**
 * When the counts of a poll may be seen. live: by everyone, always. after-vote: by who has voted, and by everyone once
 * it is closed. after-close: by everyone once it is closed. embargo: by nobody until they are revealed, moderators see
 * the turnout alone. Moderators see the counts under the other three.
 */
export const visibilities = ['live', 'after-vote', 'after-close', 'embargo'] as const
export type Visibility = (typeof visibilities)[number]

/**
 * The most votes that a limit may allow, and the limits of all boxes for the same voters together: what they cast is
 * remembered in one field, 96 bytes a vote, which is read and written with each of their votes.
 */
export const mostVotesOfLimit = 100
/** The longest window of a limit: a week. */
export const longestWindowS = 7 * 24 * 60 * 60
export const mostBoxes = 10
/** The weights of a poll's boxes sum to this. */
export const wholeWeight = 10_000

/** An instant as ISO 8601 with a zone; leaves as epoch milliseconds. */
const instantShape = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

const questionShape = neededTextShape(200, 'a poll needs a question')
const descriptionShape = textShape(1_000, 'lines')
const colourShape = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is written #rrggbb')
const optionTextShape = neededTextShape(100, 'an option needs a text')
const pictureShape = z
  .url({ protocol: /^https?$/, error: 'a picture has an address that begins with https:// or http://' })
  .max(500)
  .refine(isPlain, 'must not hold control characters')

/** An option to create: a bare text, or a text with its own id, colour or picture. */
export const newOptionShape = z.union(
  [
    optionTextShape.transform((text) => ({ text })),
    z.strictObject({
      text: optionTextShape,
      optionId: optionIdShape.optional(),
      colour: colourShape.optional(),
      pictureUrl: pictureShape.optional(),
    }),
  ],
  { error: sayOptionFault },
)

/** What is wrong with the form that was meant. */
function sayOptionFault({ input, errors }: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string {
  const issue = errors[typeof input === 'string' ? 0 : 1]?.[0]
  if (issue === undefined) return 'an option is a text, or an object with a text'
  return issue.path.length > 0 ? `${issue.path.join('.')}: ${issue.message}` : issue.message
}

const newOptionsShape = z
  .array(newOptionShape)
  .min(2, 'a poll has at least 2 options')
  .max(100, 'a poll has at most 100 options')
  .superRefine((options, context) => {
    const texts = options.map(({ text }) => sameToReaders(text))
    const ids = options.map((option) => ('optionId' in option ? option.optionId : undefined))
    for (const place of options.keys()) {
      const twin = texts.indexOf(texts[place] ?? '')
      if (twin < place) {
        context.addIssue({ code: 'custom', path: [place], message: `the same as option ${twin + 1}` })
      }
      const first = ids[place] === undefined ? place : ids.indexOf(ids[place])
      if (first < place) {
        const message = `the same optionId as option ${first + 1}`
        context.addIssue({ code: 'custom', path: [place, 'optionId'], message })
      }
    }
  })

/**
 * How often one voter may vote in a box: `votes` in any `perSeconds` seconds that follow each other, or, where that is
 * null, in the whole poll.
 */
const limitShape = z.strictObject({
  votes: z
    .int()
    .min(1, 'a limit allows at least 1 vote; leave it out (null) for no limit')
    .max(
      mostVotesOfLimit,
      `a limit allows at most ${mostVotesOfLimit} votes; leave it out (null) for no limit`,
    ),
  perSeconds: z.int().min(1).max(longestWindowS, 'a window lasts a week at most').nullable(),
})
export type VoteLimit = z.infer<typeof limitShape>

/** device: anyone with a session. verified: an identity that the broadcaster vouches for. */
const voterKinds = ['device', 'verified'] as const
const boxShape = z.strictObject({
  boxId: boxIdShape,
  voters: z.enum(voterKinds),
  /** Null: unlimited. */
  limit: limitShape.nullable(),
  /** Share of the result in basis points; the boxes of a poll sum to 10,000. */
  weight: z.int().min(0).max(wholeWeight),
})
export type BallotBox = z.infer<typeof boxShape>

const newBoxesShape = z
  .array(boxShape)
  .min(1, 'a poll has at least 1 ballot box')
  .max(mostBoxes, `a poll has at most ${mostBoxes} ballot boxes`)
  .superRefine((boxes, context) => {
    const sum = boxes.reduce((total, { weight }) => total + weight, 0)
    if (sum !== wholeWeight) {
      context.addIssue({
        code: 'custom',
        message: `the weights sum to ${sum}; they must sum to ${wholeWeight}`,
      })
    }
    if (new Set(boxes.map(({ boxId }) => boxId)).size < boxes.length) {
      context.addIssue({ code: 'custom', message: 'two ballot boxes have the same boxId' })
    }
    for (const voters of voterKinds) {
      const its = boxes.filter((box) => box.voters === voters)
      const votes = its.reduce((total, { limit }) => total + (limit?.votes ?? 0), 0)
      if (votes > mostVotesOfLimit) {
        context.addIssue({
          code: 'custom',
          message: `the limits of the boxes for ${voters} voters allow ${votes} votes together; at most ${mostVotesOfLimit}`,
        })
      }
    }
  })

/** The default rule: each device votes once in the poll. */
export const plainBoxes: readonly BallotBox[] = [
  { boxId: 'audience', voters: 'device', limit: { votes: 1, perSeconds: null }, weight: wholeWeight },
]

/** A name of the IANA time zone database, such as America/Sao_Paulo: in it the hours of a poll are told. */
const timeZoneShape = z
  .string()
  .max(64)
  .refine(isTimeZone, 'must be a time zone such as America/Sao_Paulo or UTC')

/**
 * A region and a place, or UTC: what stands there alone Postgres may read as something else (CET as an hour that
 * knows no summer, +03:00 as three hours to the west).
 */
function isTimeZone(name: string): boolean {
  if (name === 'UTC') return true
  if (!/^[A-Za-z]+(?:[/_+-][A-Za-z0-9]+)*$/.test(name) || !name.includes('/')) return false
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/**
 * `admin.createPoll`: with `opensAt` the poll is scheduled, without it a draft. A rehearsal is a poll whose votes go
 * the whole way and carry a mark everywhere; it has no result. Who names the `pollId` may send a command whose answer was
 * lost again, and makes no second poll.
 */
export const createPollShape = z
  .strictObject({
    pollId: pollIdShape.optional(),
    question: questionShape,
    description: descriptionShape.default(''),
    slug: slugShape.optional(),
    options: newOptionsShape,
    boxes: newBoxesShape.default(() => [...plainBoxes]),
    visibility: z.enum(visibilities).default('live'),
    timeZone: timeZoneShape.default('UTC'),
    isRehearsal: z.boolean().default(false),
    opensAt: instantShape.nullish(),
    closesAt: instantShape.nullish(),
  })
  .refine((poll) => poll.opensAt == null || poll.closesAt == null || poll.closesAt > poll.opensAt, {
    message: 'closesAt must be later than opensAt',
    path: ['closesAt'],
  })
export type CreatePoll = z.output<typeof createPollShape>

/**
 * `admin.updatePoll`: only what is named changes. Before a poll opens: everything. From then on: question,
 * description and visibility, and, while it is open, closesAt (null: until it is closed by hand). The rest is frozen:
 * see gateway/polls/what-may-change.ts.
 */
export const updatePollShape = z.strictObject({
  pollId: pollIdShape,
  question: questionShape.optional(),
  description: descriptionShape.optional(),
  slug: slugShape.optional(),
  options: newOptionsShape.optional(),
  boxes: newBoxesShape.optional(),
  visibility: z.enum(visibilities).optional(),
  timeZone: timeZoneShape.optional(),
  opensAt: instantShape.nullish(),
  closesAt: instantShape.nullish(),
})
export type UpdatePoll = z.output<typeof updatePollShape>

/**
 * `admin.openPoll`: opens now, also again. `closesAt` says when it closes by itself, null: by hand; left out, a time that
 * was set and is still to come stands.
 */
export const openPollShape = z.strictObject({ pollId: pollIdShape, closesAt: instantShape.nullish() })
export type OpenPoll = z.output<typeof openPollShape>

/**
 * `admin.duplicatePoll`: a draft with the same question, options and rules: the next round, or a rehearsal, whose
 * address then says so.
 */
export const duplicatePollShape = z.strictObject({
  pollId: pollIdShape,
  isRehearsal: z.boolean().default(false),
  slug: slugShape.optional(),
})
export type DuplicatePoll = z.output<typeof duplicatePollShape>

export const onePollShape = z.strictObject({ pollId: pollIdShape })

const optionShape = z.object({
  optionId: optionIdShape,
  text: z.string(),
  colour: z.string().nullable(),
  pictureUrl: z.string().nullable(),
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
  /** How long after a scheduled close a vote may still be judged and be in. */
  graceMs: z.int().min(0),
  timeZone: z.string(),
  options: z.array(optionShape),
  boxes: z.array(boxShape),
  visibility: z.enum(visibilities),
  /** When an embargo was lifted. */
  revealedAt: z.string().nullable(),
  isRehearsal: z.boolean(),
  archivedAt: z.string().nullable(),
  /** 1, or for the next round of a poll one more than that poll's; a rehearsal has the round that it rehearses. */
  round: z.int().positive(),
  previousPollId: z.string().nullable(),
  version: z.int(),
})
export type Poll = z.infer<typeof pollShape>

/**
 * A poll as our own processes keep it on Redis: the public poll with its inner number, the versions that
 * bind its votes, and its times in milliseconds. An option's number is its place in `options`, a box'
 * number its place in `boxes`.
 */
export const pollRecordShape = pollShape.extend({
  pollNo: z.int().positive(),
  rulesVersion: z.int(),
  keyVersion: z.int(),
  /** Over how many lanes its voters are spread: see lanes.ts. A record that was written before there were any has one. */
  hashTags: z.int().min(1).max(mostLanes).default(1),
  opensAtMs: z.number().nullable(),
  closesAtMs: z.number().nullable(),
})
export type PollRecord = z.infer<typeof pollRecordShape>

/** The poll without what only our own processes need. */
export function publicPoll(record: PollRecord): Poll {
  const { pollNo, rulesVersion, keyVersion, hashTags, opensAtMs, closesAtMs, ...poll } = record
  return poll
}
