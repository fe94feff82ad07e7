/** What Urna tells the world on Kafka: its topics, and the CloudEvents 1.0 messages on them. */
import { z } from 'zod'
import { anchorContentShape, type SignedAnchor } from './anchor.ts'
import { ledgerContentShape } from './ledger.ts'
import { pollShape, type Poll } from './poll.ts'
import type { Tally } from './tally.ts'

const dayMs = 24 * 60 * 60 * 1000

/**
 * Key of every message: the pollId, so that a poll's events keep their order. A votes message may hold a full
 * group (500 votes of about 70 bytes) and one send holds many of them: 8 MB is the room for a send.
 */
export const topics = {
  votes: {
    topic: 'urna.votes',
    partitions: 12,
    config: { 'retention.ms': String(14 * dayMs), 'max.message.bytes': '8388608' },
  },
  polls: { topic: 'urna.polls', partitions: 3, config: { 'cleanup.policy': 'compact' } },
  /** Small, and the witness against us: kept for ever. */
  anchors: { topic: 'urna.anchors', partitions: 3, config: { 'retention.ms': '-1' } },
  tallies: { topic: 'urna.tallies', partitions: 3, config: { 'cleanup.policy': 'compact' } },
} as const

/**
 * Copies of each topic where nobody says how many: three, if so many brokers are named or found behind those that are,
 * else one on each. `up`: how many the cluster has now.
 */
export const replicasFor = (brokers: readonly string[], up: number): number =>
  Math.min(3, Math.max(1, new Set(brokers).size, up))

/** How many of them have to have a message before it counts as sent: of three one may be away. */
export const inSyncOf = (replicas: number): number => (replicas >= 3 ? 2 : 1)

export const eventTypes = {
  votesRecorded: 'urna.votes.recorded.v3',
  pollChanged: 'urna.poll.changed.v1',
  pollDeleted: 'urna.poll.deleted.v1',
  tallyChanged: 'urna.tally.changed.v1',
  anchorSigned: 'urna.anchor.signed.v1',
} as const
export type EventType = (typeof eventTypes)[keyof typeof eventTypes]

/**
 * What a reader must know of each event. notification: something happened; the state is the sum of all of them.
 * carried state: the whole of a thing as it is now; the newest replaces those before. key: what keeps its order.
 * version: the number at the end of its type; another form of the data is another number. retentionMs: how long the
 * topic has it, null = for ever; newestOnly: of a key the topic may keep the last one alone.
 */
export const eventRules: Readonly<
  Record<
    EventType,
    {
      readonly topic: (typeof topics)[keyof typeof topics]['topic']
      readonly kind: 'notification' | 'carried state'
      readonly key: 'pollId'
      readonly version: number
      readonly retentionMs: number | null
      readonly newestOnly: boolean
    }
  >
> = {
  [eventTypes.votesRecorded]: {
    ...{ topic: topics.votes.topic, kind: 'notification', key: 'pollId', version: 3 },
    ...{ retentionMs: Number(topics.votes.config['retention.ms']), newestOnly: false },
  },
  [eventTypes.pollChanged]: {
    ...{ topic: topics.polls.topic, kind: 'carried state', key: 'pollId', version: 1 },
    ...{ retentionMs: null, newestOnly: true },
  },
  [eventTypes.pollDeleted]: {
    ...{ topic: topics.polls.topic, kind: 'carried state', key: 'pollId', version: 1 },
    ...{ retentionMs: null, newestOnly: true },
  },
  [eventTypes.tallyChanged]: {
    ...{ topic: topics.tallies.topic, kind: 'carried state', key: 'pollId', version: 1 },
    ...{ retentionMs: null, newestOnly: true },
  },
  [eventTypes.anchorSigned]: {
    ...{ topic: topics.anchors.topic, kind: 'notification', key: 'pollId', version: 1 },
    ...{ retentionMs: null, newestOnly: false },
  },
}

const envelope = {
  specversion: z.literal('1.0'),
  id: z.string(),
  source: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
}

/** What every event is in, also one of a type that is not known here. */
export const envelopeShape = z.object({ ...envelope, time: z.iso.datetime(), type: z.string() })
export type Envelope = z.infer<typeof envelopeShape>

/**
 * A ledger row, as it stands. Readers drop an id that they have seen: delivery is at least once. The extension
 * attributes say where it stands: shard, shardseq, and rowhash in hex, the hash that ledger.ts defines.
 */
export const votesRecordedShape = z.object({
  ...envelope,
  shard: z.int(),
  shardseq: z.int(),
  rowhash: z.string(),
  type: z.literal(eventTypes.votesRecorded),
  data: ledgerContentShape,
})
export type VotesRecorded = z.infer<typeof votesRecordedShape>

/** The message of a ledger row: the envelope around the row's own bytes, untouched. time: when it was stored. */
export function votesRecordedMessage(row: {
  readonly batchId: string
  readonly pollId: string
  readonly storedAt: Date
  readonly content: Buffer
  readonly shard: number
  readonly seq: number
  /** Hex. */
  readonly hash: string
}): Buffer {
  const id = `${row.batchId}/${row.pollId}`
  return message(
    eventTypes.votesRecorded,
    '/urna/ledger',
    id,
    row.pollId,
    row.storedAt.toISOString(),
    row.content,
    { shard: row.shard, shardseq: row.seq, rowhash: row.hash },
  )
}

/**
 * What was done to a poll: by a moderator's command, or (opened, closed) by its schedule. counting: it is to be certified,
 * and cannot be opened again. certified: by the role certify.
 */
export type PollChange =
  | 'created'
  | 'updated'
  | 'opened'
  | 'reopened'
  | 'extended'
  | 'shortened'
  | 'closed'
  | 'counting'
  | 'certified'
  | 'revealed'
  | 'archived'
  | 'unarchived'

/**
 * The message of a poll's change; id = pollId/version, so that a repeat can be told. What was done stands in the
 * envelope as the extension attribute `change`.
 */
export function pollChangedMessage(poll: Poll, change: PollChange, changedAt: Date): Buffer {
  const id = `${poll.pollId}/${poll.version}`
  const at = changedAt.toISOString()
  return message(eventTypes.pollChanged, '/urna/polls', id, poll.pollId, at, poll, { change })
}

export const pollChangedShape = z.object({
  ...envelope,
  type: z.literal(eventTypes.pollChanged),
  change: z.string(),
  data: pollShape,
})

export const pollDeletedShape = z.object({
  ...envelope,
  type: z.literal(eventTypes.pollDeleted),
  data: z.object({ pollId: z.string(), version: z.int() }),
})

export const anchorSignedShape = z.object({
  ...envelope,
  type: z.literal(eventTypes.anchorSigned),
  signature: z.string(),
  keyid: z.string(),
  data: anchorContentShape,
})

const votesShape = z.array(z.object({ optionId: z.string(), votes: z.int() }))

export const tallyChangedShape = z.object({
  ...envelope,
  type: z.literal(eventTypes.tallyChanged),
  data: z.object({
    pollId: z.string(),
    pollVersion: z.int(),
    version: z.int(),
    isRehearsal: z.boolean(),
    asOf: z.string().nullable(),
    total: z.int(),
    options: votesShape,
    boxes: z.array(z.object({ boxId: z.string(), total: z.int(), options: votesShape })),
  }),
})

/** What each type's messages are read with. */
export const eventShapes = {
  [eventTypes.votesRecorded]: votesRecordedShape,
  [eventTypes.pollChanged]: pollChangedShape,
  [eventTypes.pollDeleted]: pollDeletedShape,
  [eventTypes.tallyChanged]: tallyChangedShape,
  [eventTypes.anchorSigned]: anchorSignedShape,
} as const

/** The message of a poll that was deleted. */
export function pollDeletedMessage(pollId: string, version: number, deletedAt: Date): Buffer {
  const id = `${pollId}/${version}`
  return message(eventTypes.pollDeleted, '/urna/polls', id, pollId, deletedAt.toISOString(), {
    pollId,
    version,
  })
}

/** The message of a tally that has counts, as everyone may see it; id = pollId/pollVersion/version. */
export function tallyChangedMessage(tally: Tally, asOf: string): Buffer {
  const id = `${tally.pollId}/${tally.pollVersion}/${tally.version}`
  return message(eventTypes.tallyChanged, '/urna/tallies', id, tally.pollId, asOf, tally)
}

/** The message of an anchor: what was signed as its data, to the byte; id = pollId/anchor/anchorNo. */
export function anchorSignedMessage(
  pollId: string,
  anchorNo: number,
  madeAt: Date,
  anchor: SignedAnchor,
): Buffer {
  const { content, signature, keyId } = anchor
  const id = `${pollId}/anchor/${anchorNo}`
  const how = { signature, keyid: keyId }
  return message(
    eventTypes.anchorSigned,
    '/urna/ledger',
    id,
    pollId,
    madeAt.toISOString(),
    Buffer.from(content),
    how,
  )
}

/** One CloudEvent in structured mode; bytes go into `data` as they are. */
function message(
  type: string,
  source: string,
  id: string,
  subject: string,
  time: string,
  data: Buffer | object,
  extensions: Readonly<Record<string, string | number>> = {},
): Buffer {
  const known = { specversion: '1.0', id, source, type, subject, time, datacontenttype: 'application/json' }
  const head = { ...known, ...extensions }
  const open = JSON.stringify(head).slice(0, -1) + ',"data":'
  const body = Buffer.isBuffer(data) ? data : Buffer.from(JSON.stringify(data))
  return Buffer.concat([Buffer.from(open), body, Buffer.from('}')])
}
