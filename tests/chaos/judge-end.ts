/** Judges what comes after rest: the books, the certificates, and the exports that were verified. */
import type { QueuedRow } from './forget-all.ts'
import type { Disagreement } from './judge.ts'
import type { SeenBooks, SeenCertificate, SeenEnd, SeenExport } from './seen.ts'

/**
 * What the end of a poll has to tell. lost: votes that were only queued when Redis was emptied. uncopied: stored votes that
 * a killed gateway had not copied to Postgres yet; books are as of the last copy, and may do without them.
 */
export interface Expected {
  readonly pollId: string
  readonly name: string
  readonly stored: number
  readonly lost: number
  readonly uncopied: number
}

/** Of how many polls each is as it has to be. */
export interface EndSum {
  readonly polls: number
  readonly books: number
  readonly certified: number
  /** Not certified, and rightly so: it says what was lost. */
  readonly refused: number
  readonly verified: number
}

/** PollNo -> votes of jobs that were in the queue when Redis was emptied, and of which no row has come. */
export function onlyQueued(
  queued: readonly QueuedRow[],
  ledger: readonly { readonly content: { readonly batchId: string; readonly pollId: string } }[],
  pollNos: ReadonlyMap<string, number>,
): ReadonlyMap<number, number> {
  const stored = new Set(
    ledger.map(({ content }) => `${content.batchId} ${pollNos.get(content.pollId) ?? 'unknown'}`),
  )
  const lost = new Map<string, QueuedRow>()
  // A job that was there at two emptyings is lost once.
  for (const row of queued)
    if (!stored.has(`${row.batchId} ${row.pollNo}`)) lost.set(`${row.batchId} ${row.pollNo}`, row)
  const sums = new Map<number, number>()
  for (const { pollNo, votes } of lost.values()) sums.set(pollNo, (sums.get(pollNo) ?? 0) + votes)
  return sums
}

export function judgeEnd(
  expected: readonly Expected[],
  seen: SeenEnd,
): { readonly sum: EndSum; readonly disagreements: readonly Disagreement[] } {
  const disagreements: Disagreement[] = []
  const sum = { polls: expected.length, books: 0, certified: 0, refused: 0, verified: 0 }
  const isLossy = expected.some(({ lost }) => lost > 0)
  for (const its of expected) {
    const isIts = ({ pollId }: { readonly pollId: string }) => pollId === its.pollId
    const off = whatIsOff(its, seen.books.find(isIts))
    if (off.length === 0) sum.books++
    else disagreements.push({ sign: 'books', says: `${its.name}: ${off.join('; ')}` })
    // Where the sets or the books disagree nothing is certified: there is nothing more to be said.
    if (seen.certificates === null || seen.exports === null) continue
    const certificate = seen.certificates.find(isIts)
    const why = whyNotCertified(its, certificate, isLossy)
    if (why !== null) disagreements.push({ sign: 'certificate', says: `${its.name}: ${why}` })
    else if (certificate?.isCertified === true) sum.certified++
    else sum.refused++
    const exported = seen.exports.find(isIts)
    if (exported?.code === 0) sum.verified++
    else disagreements.push({ sign: 'export', says: `${its.name}: ${toldBy(exported)}` })
  }
  return { sum, disagreements }
}

/** What of the books is not as it has to be: nothing, where all sources have what is stored and nothing drifts. */
export function whatIsOff({ stored, lost, uncopied }: Expected, seen: SeenBooks | undefined): string[] {
  if (seen === undefined) return ['there is no report that was made after the last vote']
  const { books, sources, drifts } = seen
  const off: string[] = []
  if (books.counted > stored || books.counted < stored - uncopied)
    off.push(`the books count ${books.counted} of ${stored} stored votes`)
  if (books.lost !== lost) off.push(`${books.lost} votes are named as lost, and ${lost} are`)
  if (books.waiting !== 0) off.push(`${books.waiting} votes wait`)
  if (books.unexplained !== 0) off.push(`${books.unexplained} votes are unexplained`)
  for (const { name, votes, fault } of sources)
    if (votes !== stored) off.push(`${name} has ${fault ?? `${votes ?? 'no'} votes, of ${stored} stored`}`)
  for (const { what, says } of drifts) if (what !== 'lost' || lost === 0) off.push(`${what} drifts: ${says}`)
  return off
}

/** `isLossy`: votes of some poll are lost. A batch that is missing may be any poll's whose votes its gateway took. */
function whyNotCertified(
  { lost }: Expected,
  seen: SeenCertificate | undefined,
  isLossy: boolean,
): string | null {
  if (seen === undefined) return 'nobody could be asked for its certificate'
  if (seen.isCertified) return lost > 0 ? `it is certified, and ${lost} of its votes are lost` : null
  if (isLossy && seen.isLookedAt && seen.missing.length > 0) return null
  return `it is ${seen.state}: ${seen.missing.join(' ') || 'and nobody says what is missing'}`
}

const toldBy = (exported: SeenExport | undefined): string =>
  exported === undefined
    ? 'it was not exported'
    : `${exported.says} (ended with ${exported.code ?? 'a signal'})`
