/** Which deed belongs to which type of event: the one place where that is said. */
import { envelopeShape, eventTypes, topics, type EventType } from '../../contracts/events.ts'
import { applyAnchors } from './deeds/anchor-signed.slonik.ts'
import { keepOnly, type Deed } from './deeds/deed.ts'
import { applyPollChanges } from './deeds/poll-changed.slonik.ts'
import { applyPollDeletions } from './deeds/poll-deleted.slonik.ts'
import { applyVotes } from './deeds/votes-recorded.slonik.ts'

/** What the read model reads. */
export const topicsRead = [topics.votes.topic, topics.polls.topic, topics.anchors.topic]

export const registry: Readonly<Record<EventType, Deed>> = {
  [eventTypes.votesRecorded]: applyVotes,
  [eventTypes.pollChanged]: applyPollChanges,
  [eventTypes.pollDeleted]: applyPollDeletions,
  [eventTypes.anchorSigned]: applyAnchors,
  // Its topic is not read: the read model adds up the votes itself, so that its sum is another witness.
  [eventTypes.tallyChanged]: keepOnly(envelopeShape),
}

const unknown = keepOnly(envelopeShape)

/** A type that is not known here may be known to who comes after us: it is kept, and nothing is done with it. */
export function deedOf(type: string): Deed {
  const known = Object.values(eventTypes).find((each) => each === type)
  return known === undefined ? unknown : registry[known]
}
