/** Puts the server's refusal of a draft where the moderator can mend it. */
import type { TRPCClientErrorLike } from '@trpc/client'
import type { AppRouter } from '../../../gateway/api/trpc/router.ts'
import { fieldAt, type Faults } from './fields.ts'

export interface RefusedDraft {
  readonly faults: Faults
  /** What belongs to no field. */
  readonly says: string | null
}

type Refusal = Pick<TRPCClientErrorLike<AppRouter>, 'message'> & {
  readonly data?:
    Pick<NonNullable<TRPCClientErrorLike<AppRouter>['data']>, 'reason' | 'faults'> | null | undefined
}

export function faultsOfRefusal({ message, data }: Refusal): RefusedDraft {
  if (data == null) return { faults: {}, says: 'The gateway did not answer. Nothing was saved: try again.' }
  if (data.reason === 'slug-taken') {
    return { faults: { slug: 'Another poll has this address already: choose another.' }, says: null }
  }
  const faults: Faults = {}
  const homeless: string[] = []
  // A refusal in words of its own may name its field in the same way.
  for (const fault of data.faults.length > 0 ? data.faults : [message]) {
    // `path: message`, where the path is joined by dots.
    const [, path = '', words = fault] = /^([\w.]+): (.*)$/s.exec(fault) ?? []
    const field = fieldAt(path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)))
    if (field === null) homeless.push(fault)
    else faults[field] ??= words
  }
  return { faults, says: homeless.length === 0 ? null : homeless.join('; ') }
}
