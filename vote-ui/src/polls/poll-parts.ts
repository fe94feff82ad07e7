/** What the screens read of a poll. */
import type { Visibility } from '../../../contracts/poll.ts'
import { graphql } from '../generated/index.ts'
import type { PollPartsFragment } from '../generated/graphql.ts'

export type PollParts = Omit<PollPartsFragment, 'visibility'> & { readonly visibility: Visibility }
export type OptionParts = PollParts['options'][number]

// Named here, used by name in the documents that need it.
void graphql(`
  fragment PollParts on Poll {
    pollId
    slug
    question
    description
    state
    opensAt
    closesAt
    graceMs
    visibility
    revealedAt
    isRehearsal
    archivedAt
    version
    options {
      optionId
      text
      colour
      pictureUrl
    }
    boxes {
      boxId
      voters
      limit {
        votes
        perSeconds
      }
      weight
    }
  }
`)

/** GraphQL's names have no hyphens. */
const visibilityOf: Record<PollPartsFragment['visibility'], Visibility> = {
  live: 'live',
  after_vote: 'after-vote',
  after_close: 'after-close',
  embargo: 'embargo',
}

export const toParts = (poll: PollPartsFragment): PollParts => ({
  ...poll,
  visibility: visibilityOf[poll.visibility],
})
