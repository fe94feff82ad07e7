/** Puts the server's refusal of a draft where the moderator can mend it. */
import type { TRPCClientErrorLike } from '@trpc/client'
import type { AppRouter } from '../../../gateway/api/trpc/router.ts'
import { fieldAt, type Faults } from './judge-draft.ts'

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
  for (const fault of data.faults) {
    // `path: message`, where the path is joined by dots.
    const [, path = '', words = fault] = /^([\w.]+): (.*)$/.exec(fault) ?? []
    const field = fieldAt(path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part)))
    if (field === null) homeless.push(fault)
    else faults[field] ??= words
  }
  const isPlaced = data.faults.length > 0 && homeless.length === 0
  return { faults, says: isPlaced ? null : homeless.join('; ') || message }
}
