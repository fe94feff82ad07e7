/** Where a poll stands on its way to a certified result. */

/** missing: sentences for a person; empty once all is there. Times are ISO 8601. */
export interface Certification {
  readonly pollId: string
  readonly askedAt: string
  /** What the admission let in in all; null until nobody can vote any more and it was read. */
  readonly admitted: number | null
  readonly received: number | null
  readonly missing: readonly string[]
  /** When it was last looked what is missing; null where nobody has. */
  readonly lookedAt: string | null
  readonly certifiedAt: string | null
  /** The number of the anchor that certifies it. */
  readonly anchorNo: number | null
}
