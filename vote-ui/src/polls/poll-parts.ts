/** What the screens read of a poll. */
import { graphql } from '../generated/index.ts'
import type { PollPartsFragment } from '../generated/graphql.ts'

export type PollParts = PollPartsFragment
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
    }
  }
`)
