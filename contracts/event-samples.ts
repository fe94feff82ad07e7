/** A message of each type as it stands on Kafka: what docs/events.md shows, written by what writes the real ones. */
import { anchorBytes } from './anchor.ts'
import {
  anchorSignedMessage,
  eventTypes,
  pollChangedMessage,
  pollDeletedMessage,
  tallyChangedMessage,
  votesRecordedMessage,
  type EventType,
} from './events.ts'
import { canonicalBytes } from './ledger.ts'
import { plainBoxes, type Poll } from './poll.ts'
import { nameTally } from './tally.ts'

const pollId = '01a1fbef-ef64-7761-a775-b3de4520bf4c'
const batchId = '01a1fbef-f0ad-7619-a961-e9671316c1c5'
const [oneVote, otherVote] = ['01a1fbef-ef98-74c7-a30d-88eb8c852c83', '01a1fbef-ef99-7d20-9c41-0f6b2c7a55e1']
const at = new Date('2026-11-21T02:29:28.797Z')
const hash = '7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730'
const voteAt = (position: number, voteId: string, option: string): [number, string, string, string] => [
  ...([position, voteId] as const),
  'audience',
  option,
]

const poll: Poll = {
  ...{ pollId, slug: 'which-dance', question: 'Which dance?', description: '', state: 'open' },
  ...{ opensAt: '2026-11-21T02:00:00.000Z', closesAt: null, graceMs: 2_000, timeZone: 'America/Sao_Paulo' },
  options: [
    { optionId: 'samba', text: 'Samba', colour: null, pictureUrl: null },
    { optionId: 'forro', text: 'Forró', colour: null, pictureUrl: null },
  ],
  boxes: [...plainBoxes],
  ...{ visibility: 'live', revealedAt: null, isRehearsal: false, archivedAt: null },
  ...{ round: 1, previousPollId: null, version: 2 },
}

const row = {
  ...{ pollId, batchId, run: '01a1fbef-eed5-7130-87b4-ba62d68f4ef7', runAccepted: 250 },
  acceptedAt: '2026-11-21T02:29:28.374Z',
  votes: [voteAt(0, oneVote, 'samba'), voteAt(1, otherVote, 'forro'), voteAt(2, oneVote, 'samba')],
  uncounted: [{ position: 2, outcome: 'repeat' as const, of: { batchId, position: 0 } }],
}

const anchor = anchorBytes({
  ...{ pollId, anchorNo: 1, madeAt: at.toISOString(), before: '0'.repeat(64) },
  shards: [{ shard: 4, seq: 17, hash, from: 1, root: hash }],
})

export const eventSamples: Readonly<Record<EventType, Buffer>> = {
  [eventTypes.votesRecorded]: votesRecordedMessage({
    ...{ batchId, pollId, storedAt: at, content: canonicalBytes(row), shard: 4, seq: 17, hash },
  }),
  [eventTypes.pollChanged]: pollChangedMessage(poll, 'opened', at),
  [eventTypes.pollDeleted]: pollDeletedMessage(pollId, 3, at),
  [eventTypes.tallyChanged]: tallyChangedMessage(
    nameTally(poll, { pollId, version: 17, asOf: at.getTime(), counts: [1, 1] }),
    at.toISOString(),
  ),
  [eventTypes.anchorSigned]: anchorSignedMessage(pollId, 1, at, {
    ...{ content: anchor, signature: 'A'.repeat(86), keyId: 'XkLqKDpZ8g0W2hT1' },
  }),
}
