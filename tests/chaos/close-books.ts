/** The end of a run: the books are asked, each poll is certified, and its export is verified. */
import { certifyPolls } from './certify-polls.ts'
import type { Traces } from './deeds.ts'
import { onlyQueued, whatIsOff, type Expected } from './judge-end.ts'
import { lookAtPollNos, lookAtUncopied } from './look.pg.ts'
import { lookAtBooks } from './look-at-books.ts'
import type { Seen, SeenEnd } from './seen.ts'
import type { Stage } from './stage.ts'
import { verifyExports } from './verify-exports.ts'
import type { ChaosPoll } from './voters.ts'

/** `isToBeClosed`: the sets agree, and all roles are played. What is known to be wrong is not certified. */
export async function closeBooks(
  stage: Stage,
  its: {
    readonly polls: readonly ChaosPoll[]
    readonly seen: Seen
    readonly traces: Traces
    readonly isToBeClosed: boolean
    readonly folder: string
    readonly signal: AbortSignal
  },
): Promise<{ readonly expected: readonly Expected[]; readonly end: SeenEnd }> {
  const { polls, seen, traces, signal } = its
  const pollNos = await stage.withDb(lookAtPollNos)
  // Whoever lives copies what a killed gateway could not: only with Redis is that lost.
  const uncopied = traces.forgotten === 0 ? new Map<number, number>() : await stage.withDb(lookAtUncopied)
  const lost = onlyQueued(traces.queued, seen.ledger, pollNos)
  const expected = polls.map(({ pollId, name }) => ({
    ...{ pollId, name, lost: lost.get(pollNos.get(pollId) ?? 0) ?? 0 },
    uncopied: uncopied.get(pollNos.get(pollId) ?? 0) ?? 0,
    stored: seen.rows.filter((row) => row.pollId === pollId).length,
  }))
  const noEnd = { books: [], certificates: null, exports: null }
  if (!its.isToBeClosed) return { expected: [], end: noEnd }
  const books = await lookAtBooks(stage, expected, signal)
  const areBalanced = expected.every(
    (poll) =>
      whatIsOff(
        poll,
        books.find(({ pollId }) => pollId === poll.pollId),
      ).length === 0,
  )
  if (!areBalanced) return { expected, end: { ...noEnd, books } }
  const certificates = await certifyPolls(stage, polls, traces.forgotten, signal)
  const exports = await verifyExports(stage, polls, its.folder, signal)
  return { expected, end: { books, certificates, exports } }
}
