/** Says what is wrong with the books of a poll. */
import type { Books } from './balance-books.ts'
import { batchesText, votesText, type FoundDrift } from './found-drift.ts'

export function judgeBooks(books: Books, unreadableJobs: number): FoundDrift[] {
  const { lost, lostBatches, isPart, unexplained } = books
  const found: FoundDrift[] = []
  if (lost > 0) {
    const says = `${votesText(lost)} in ${isPart && lostBatches > 1 ? 'at most ' : ''}${batchesText(lostBatches)} ${lost === 1 ? 'is' : 'are'} lost: accepted, but neither in the queue nor in the ledger.`
    found.push({ what: 'lost', says, votes: -lost, heals: false })
  }
  if (unexplained !== 0) {
    const were = Math.abs(unexplained) === 1 ? 'was' : 'were'
    const says =
      unexplained > 0
        ? `${votesText(unexplained)} ${were} accepted, by what the gateways say, and cannot be found.`
        : `${votesText(unexplained)} ${were} found that no gateway says it accepted.`
    found.push({ what: 'books', says, votes: -unexplained, heals: false })
  }
  if (unreadableJobs > 0) {
    const says = `${unreadableJobs === 1 ? '1 job' : `${unreadableJobs} jobs`} of the queue could not be read, and ${unreadableJobs === 1 ? 'was' : 'were'} put aside.`
    found.push({ what: 'unreadable', says, votes: 0, heals: false })
  }
  return found
}
