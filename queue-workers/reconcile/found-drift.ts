/** What a look may find wrong, before it is known since when. */
import type { Drift } from '../../contracts/reconciliation.ts'

export type FoundDrift = Omit<Drift, 'since'>

/** "1 vote", "12,000 votes". */
export const votesText = (votes: number): string => countText(votes, 'vote', 'votes')
export const batchesText = (batches: number): string => countText(batches, 'batch', 'batches')

const countText = (n: number, one: string, many: string) =>
  `${Math.abs(n).toLocaleString('en')} ${Math.abs(n) === 1 ? one : many}`

/** "3 votes too many", "1 vote too few". */
export const offText = (votes: number): string => `${votesText(votes)} too ${votes > 0 ? 'many' : 'few'}`
