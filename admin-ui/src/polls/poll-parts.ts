/** What the control room reads of a poll. */
import type { Visibility } from '../../../contracts/poll.ts'
import { graphql } from '../generated/index.ts'
import type { AdminPollFragment } from '../generated/graphql.ts'

/** As the commands answer it, too. */
export type PollParts = Omit<AdminPollFragment, 'visibility'> & { readonly visibility: Visibility }
export type PollState = PollParts['state']
export type BoxParts = PollParts['boxes'][number]

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
    graceMs
    timeZone
    visibility
    revealedAt
    isRehearsal
    archivedAt
    round
    previousPollId
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

// A name in GraphQL may hold no hyphen.
const spelled = {
  live: 'live',
  after_vote: 'after-vote',
  after_close: 'after-close',
  embargo: 'embargo',
} as const satisfies Record<AdminPollFragment['visibility'], Visibility>

export const pollOf = (told: AdminPollFragment): PollParts => ({
  ...told,
  visibility: spelled[told.visibility],
})

/** Whether voting has ended for now; a closed poll may be opened again. */
export const isOver = ({ state }: Pick<PollParts, 'state'>): boolean =>
  state === 'closed' || state === 'counting' || state === 'certified'

/** Before that everything in it may change. */
export const hasOpened = ({ state }: Pick<PollParts, 'state'>): boolean =>
  state !== 'draft' && state !== 'scheduled'
