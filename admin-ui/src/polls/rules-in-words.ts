/** The rules of a poll in plain words: who votes, how often, and who sees the counts when. */
import type { Visibility } from '../../../contracts/poll.ts'
import { longestUnit } from './spans.ts'
import type { BoxParts } from './poll-parts.ts'

export const visibilityInWords: Record<Visibility, { readonly name: string; readonly says: string }> = {
  live: { name: 'Live', says: 'Everyone sees the counts grow while they vote.' },
  'after-vote': {
    name: 'After the vote',
    says: 'Whoever has voted sees the counts; everyone else once the poll is closed.',
  },
  'after-close': {
    name: 'After the close',
    says: 'Nobody in the audience sees a count before the poll is closed; this room does.',
  },
  embargo: {
    name: 'Embargo',
    says: 'Nobody sees a count until you reveal the result; this room sees the turnout alone.',
  },
}

export const votersInWords: Record<BoxParts['voters'], { readonly name: string; readonly says: string }> = {
  device: { name: 'Anyone', says: 'one voter for each device, without a name' },
  verified: { name: 'Verified voters', says: 'people whose identity you vouch for' },
}

export function limitInWords(limit: BoxParts['limit']): string {
  if (limit === null) return 'as many votes as they like'
  const votes = limit.votes === 1 ? 'one vote' : `${limit.votes} votes`
  return limit.perSeconds === null
    ? `${votes} in the whole poll`
    : `${votes} in any ${longestUnit(limit.perSeconds)}`
}
