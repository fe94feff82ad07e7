/** Where a poll stands on its way to a certified result, as Postgres has it. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import type { Certification } from '../../../contracts/certification.ts'
import type { PollRecord } from '../../../contracts/poll.ts'

/** Null until it was asked for. */
export type ReadCertification = (poll: Pick<PollRecord, 'pollId' | 'pollNo'>) => Promise<Certification | null>

/** Slonik hands timestamps out as epoch ms. */
const instantShape = z.number().transform((ms) => new Date(ms).toISOString())
const rowShape = z.object({
  askedAt: instantShape,
  admitted: z.number().nullable(),
  received: z.number().nullable(),
  missing: z.array(z.string()),
  lookedAt: instantShape.nullable(),
  certifiedAt: instantShape.nullable(),
  anchorNo: z.number().nullable(),
})

export function readCertificationFromPostgres(pool: Pick<CommonQueryMethods, 'maybeOne'>): ReadCertification {
  return async ({ pollId, pollNo }) => {
    const row = await pool.maybeOne(sql.type(rowShape)`
      select asked_at as "askedAt", admitted, received, missing,
        looked_at as "lookedAt", certified_at as "certifiedAt",
        case when certified_at is not null then
          (select max(anchor_no) from anchors a where a.poll_no = c.poll_no) end as "anchorNo"
      from certifications c where poll_no = ${pollNo}`)
    return row === null ? null : { pollId, ...row }
  }
}
