/** What each field of each event means, in words: the page docs/events.md is made of them. */
import { eventTypes, type EventType } from './events.ts'

/** The envelope, which is the same around every event. */
export const envelopeWords: Readonly<Record<string, string>> = {
  specversion: 'CloudEvents 1.0.',
  id: 'Unique among all events of its source. Drop an id that you have seen.',
  source: 'Who speaks: the ledger, the polls, or the tallies.',
  subject: 'The pollId, which is the message’s key as well.',
  time: 'When it was stored, ISO 8601 in UTC.',
  datacontenttype: 'Of `data`.',
  type: 'What happened; the number at its end is the version of its form.',
}

const option = 'The option’s identifier, unique in its poll.'
const box = 'The ballot box’ identifier, unique in its poll.'
const pollId = 'The poll, a UUID.'

const pollWords = {
  'data.pollId': pollId,
  'data.slug': 'Its name in addresses, unique among polls.',
  'data.question': 'As it was written.',
  'data.description': 'May hold several lines; empty where there is none.',
  'data.state': 'Where it stands, in the order of a poll’s life.',
  'data.opensAt': 'When it opens or opened, ISO 8601; null for a draft.',
  'data.closesAt': 'When it closes or closed; null: by hand.',
  'data.graceMs': 'How long after a scheduled close a vote may still be in.',
  'data.timeZone': 'In it the poll’s hours are told.',
  'data.options': 'In the poll’s order, frozen once it opened.',
  'data.options[].optionId': option,
  'data.options[].text': 'As it was written.',
  'data.options[].colour': '`#rrggbb`.',
  'data.options[].pictureUrl': 'An address that begins with http:// or https://.',
  'data.boxes': 'The ways to vote, frozen once it opened.',
  'data.boxes[].boxId': box,
  'data.boxes[].voters': 'Anyone with a session, or an identity that somebody vouches for.',
  'data.boxes[].limit': 'Null: unlimited.',
  'data.boxes[].limit.votes': 'So many for each voter.',
  'data.boxes[].limit.perSeconds': 'In any so many seconds that follow each other; null: in the whole poll.',
  'data.boxes[].weight': 'Share of the result in basis points; a poll’s boxes sum to 10,000.',
  'data.visibility': 'When the counts may be seen.',
  'data.revealedAt': 'When an embargo was lifted.',
  'data.isRehearsal': 'Its votes go the whole way and enter no result.',
  'data.archivedAt': 'When it was taken out of the lists.',
  'data.round': '1, or one more than the round before.',
  'data.previousPollId': 'The poll that it was duplicated from.',
  'data.version': 'Grows with every change of the poll.',
}

/** By type, each field beside the envelope; a field without a word, or a word without its field, is a fault. */
export const fieldWords: Readonly<Record<EventType, Readonly<Record<string, string>>>> = {
  [eventTypes.votesRecorded]: {
    shard: 'Which of the poll’s 16 hash chains the row stands in.',
    shardseq: 'Its number there, from 1 without gaps.',
    rowhash: 'SHA-256 in hex over the hash of the row before and this row’s head (docs/verify.md).',
    'data.pollId': pollId,
    'data.batchId': 'The batch in which a gateway gathered these votes, a UUID.',
    'data.run': 'One life of a gateway, a UUID.',
    'data.runAccepted': 'What that run had accepted of this poll, these votes included: a missing row shows.',
    'data.acceptedAt': 'When all of these votes were accepted, ISO 8601.',
    'data.rehearsal': 'There only where the poll is one: count it for nothing.',
    'data.votes':
      'Each is [position, voteId, box, option]. It counts, unless `uncounted` names its position.',
    'data.uncounted': 'The accepted votes of this row that are not in the result.',
    'data.uncounted[].position': 'Of the vote in `votes`.',
    'data.uncounted[].outcome':
      'repeat: the same vote lies at `of`. refused: its voter has another vote at `of`. rejected: it cannot be stored.',
    'data.uncounted[].of': 'Where the vote lies that stands in its place.',
    'data.uncounted[].of.batchId': 'In which batch.',
    'data.uncounted[].of.position': 'Among the votes of the poll in that batch.',
    'data.uncounted[].why': 'Why it was rejected.',
  },
  [eventTypes.pollChanged]: {
    change:
      'created, updated, opened, reopened, extended, shortened, closed, counting, certified, revealed, archived or unarchived.',
    ...pollWords,
  },
  [eventTypes.pollDeleted]: {
    'data.pollId': pollId,
    'data.version': 'One more than its last.',
  },
  [eventTypes.tallyChanged]: {
    'data.pollId': pollId,
    'data.pollVersion': 'The version of the poll whose rules these counts obey.',
    'data.version': 'Grows with every ledger row of the poll.',
    'data.isRehearsal': 'Its votes enter no result.',
    'data.asOf': 'When the newest of these counts was stored, ISO 8601.',
    'data.total': 'All counted votes.',
    'data.options': 'In the poll’s order.',
    'data.options[].optionId': option,
    'data.options[].votes': 'Its counted votes.',
    'data.boxes': 'The same, box by box.',
    'data.boxes[].boxId': box,
    'data.boxes[].total': 'The counted votes in it.',
    'data.boxes[].options': 'In the poll’s order.',
    'data.boxes[].options[].optionId': option,
    'data.boxes[].options[].votes': 'Its counted votes in this box.',
  },
  [eventTypes.anchorSigned]: {
    signature:
      'Ed25519, in base64url, over `urna.anchor.v1`, a line feed, and the bytes of `data` as they came.',
    keyid: 'The key, as `/.well-known/jwks.json` names it.',
    'data.pollId': pollId,
    'data.anchorNo': 'From 1, without gaps.',
    'data.madeAt': 'ISO 8601.',
    'data.before': 'SHA-256 of the anchor before, in hex; 64 zeros before the first.',
    'data.shards': 'The head of each hash chain that has one.',
    'data.shards[].shard': 'Which chain.',
    'data.shards[].seq': 'The newest row that is covered.',
    'data.shards[].hash': 'Of that row, in hex.',
    'data.shards[].from': 'The first row that came since the anchor before; absent where none came.',
    'data.shards[].root': 'Of the Merkle tree over the hashes of the rows `from` to `seq`, in hex.',
    'data.certified': 'Only in the last anchor of a certified poll: its result.',
    'data.certified.certifiedAt': 'ISO 8601.',
    'data.certified.poll': 'SHA-256 over question, options, rules and times, in hex.',
    'data.certified.admitted': 'Votes that were accepted, frozen at the close.',
    'data.certified.received': 'Votes in the ledger.',
    'data.certified.counted': 'Votes in the result.',
    'data.certified.repeats': 'Not counted, as the same vote was.',
    'data.certified.refused': 'Not counted, as their voter had another vote.',
    'data.certified.rejected': 'Not counted, as they could not be stored.',
    'data.certified.options': 'The optionIds, in the order of `counts`.',
    'data.certified.boxes': 'The boxIds, in the order of `counts`.',
    'data.certified.counts': '`counts[boxNo * options + optionNo]`.',
    'data.certified.voters': 'How many voters of a box have how many counted votes.',
    'data.certified.voters[].boxId': box,
    'data.certified.voters[].votes': 'So many votes',
    'data.certified.voters[].voters': 'have so many voters.',
  },
}
