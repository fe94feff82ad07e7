/** What the control room reads of a poll. */
import { graphql } from '../generated/index.ts'
import type { AdminPollFragment } from '../generated/graphql.ts'

export type PollParts = AdminPollFragment
export type PollState = PollParts['state']

// Named here, used by name in the documents that need it.
void graphql(`
  fragment AdminPoll on Poll {
    pollId
    slug
    question
    description
    state
    opensAt
    closesAt
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
      weight
      limit {
        votes
        perSeconds
      }
    }
  }
`)
