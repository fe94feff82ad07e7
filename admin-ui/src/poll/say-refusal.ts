/** A refused or failed command in words that say what to do. */
import type { TRPCClientErrorLike } from '@trpc/client'
import type { AppRouter } from '../../../gateway/api/trpc/router.ts'
import { callRefusals } from '../../../contracts/refusals.ts'

type Refusal = Pick<TRPCClientErrorLike<AppRouter>, 'message'> & {
  readonly data?: Pick<NonNullable<TRPCClientErrorLike<AppRouter>['data']>, 'reason'> | null | undefined
}

export function sayRefusal({ message, data }: Refusal): string {
  if (data == null)
    return 'The gateway did not answer. Nothing may have changed: look at the state, then try again.'
  switch (data.reason) {
    case 'poll-has-votes':
      return 'Somebody has voted in this poll, so it stays: deleting it would make votes vanish. Close it instead, and archive it.'
    case 'unknown-poll':
      return 'This poll is gone: somebody else has deleted it.'
    case 'poll-state':
      // What the gateway says about this very poll says more than we could.
      return message === callRefusals['poll-state'].says
        ? 'The poll is in a state that does not allow this. It may just have changed: look again.'
        : message
    case 'admin-token-needed':
      return 'The gateway no longer takes this admin token: sign in again.'
    case 'unavailable':
      return 'The gateway cannot do this for a moment. Try again a little later.'
    default:
      return message
  }
}
