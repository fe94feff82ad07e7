/** Says in words of ours what Postgres refused to store about a poll. */
import { CheckIntegrityConstraintViolationError, UniqueIntegrityConstraintViolationError } from 'slonik'
import type { No } from './what-may-change.ts'

export const takenPollId: No = {
  reason: 'poll-id-taken',
  detail: 'pollId: there is, or was, a poll with this pollId already',
}

/** Throws what is a surprise. */
export function asRefusal(error: unknown): No {
  if (isTakenSlug(error))
    return { reason: 'slug-taken', detail: 'slug: another poll has this address already' }
  // Two commands with one pollId at the same time: the first has made it.
  if (isUniqueFault(error, 'polls_poll_id_key')) return takenPollId
  if (
    error instanceof CheckIntegrityConstraintViolationError &&
    error.constraint === 'time_zone_is_known' // the trigger of 0002_rules.sql
  ) {
    return {
      reason: 'bad-input',
      detail: 'timeZone: the database of this server does not know this time zone',
    }
  }
  if (
    error instanceof CheckIntegrityConstraintViolationError &&
    error.constraint === 'the_house_has_its_lanes' // the trigger of 0004_hash_tags.sql
  ) {
    return {
      reason: 'poll-frozen',
      detail:
        'The poll was voted in over more hash tags than this house has now: raise HASH_TAGS to open it again.',
    }
  }
  throw error
}

export const isTakenSlug = (error: unknown): boolean => isUniqueFault(error, 'polls_slug_key')

const isUniqueFault = (error: unknown, constraint: string): boolean =>
  error instanceof UniqueIntegrityConstraintViolationError && error.constraint === constraint
