/** A limit as the form holds it, preset by preset, and as the rules hold it. */
import { longestWindowS, mostVotesOfLimit, type VoteLimit } from '../../../contracts/poll.ts'

/** once: one vote. whole: several in the whole poll. window: several in any such time. */
export type LimitKind = 'once' | 'whole' | 'window' | 'unlimited'
export const units = { seconds: 1, minutes: 60, hours: 3_600, days: 86_400 } as const
export type Unit = keyof typeof units
export const unitNames = ['seconds', 'minutes', 'hours', 'days'] as const satisfies readonly Unit[]

export interface LimitDraft {
  readonly kind: LimitKind
  /** As typed; kept while another preset is looked at. */
  readonly votes: string
  readonly every: string
  readonly unit: Unit
}

export const plainLimit: LimitDraft = { kind: 'once', votes: '10', every: '1', unit: 'minutes' }

export function draftOfLimit(limit: VoteLimit | null): LimitDraft {
  if (limit === null) return { ...plainLimit, kind: 'unlimited' }
  const votes = String(limit.votes)
  if (limit.perSeconds === null)
    return limit.votes === 1 ? plainLimit : { ...plainLimit, kind: 'whole', votes }
  const { perSeconds } = limit
  const unit = unitNames.findLast((name) => perSeconds % units[name] === 0) ?? 'seconds'
  return { kind: 'window', votes, every: String(perSeconds / units[unit]), unit }
}

/** What the draft means, or why it means nothing. */
export type JudgedLimit = { readonly limit: VoteLimit | null } | { readonly fault: string }

export function limitOf({ kind, votes, every, unit }: LimitDraft): JudgedLimit {
  switch (kind) {
    case 'once':
      return { limit: { votes: 1, perSeconds: null } }
    case 'unlimited':
      return { limit: null }
    case 'whole':
    case 'window': {
      const count = wholeFrom(votes)
      if (count === null || count < 1)
        return { fault: 'Votes: a whole number from 1; for as many as they like choose “Unlimited”.' }
      if (count > mostVotesOfLimit)
        return { fault: `At most ${mostVotesOfLimit} votes; for more choose “Unlimited”.` }
      if (kind === 'whole') return { limit: { votes: count, perSeconds: null } }
      const times = wholeFrom(every)
      if (times === null || times < 1) return { fault: `Every: a whole number of ${unit} from 1.` }
      if (times * units[unit] > longestWindowS)
        return { fault: 'A week is the longest time: at most 7 days.' }
      return { limit: { votes: count, perSeconds: times * units[unit] } }
    }
    default:
      return kind satisfies never
  }
}

function wholeFrom(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null
}
