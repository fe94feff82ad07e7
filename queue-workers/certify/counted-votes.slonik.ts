/** The numbers of a poll that must agree before it is certified, each read where it stands. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { countRows } from '../ledger/count-rows.slonik.ts'

const ledgerShape = z.object({
  received: z.number(),
  counted: z.number(),
  repeats: z.number(),
  refused: z.number(),
  rejected: z.number(),
})
const copiedShape = z.object({ accepted: z.number() })
const votersShape = z.object({ boxNo: z.number(), votes: z.number(), voters: z.number() })

export type LedgerSums = z.infer<typeof ledgerShape>

export function ledgerSums(db: CommonQueryMethods, pollNo: number): Promise<LedgerSums> {
  return db.one(sql.type(ledgerShape)`
    select coalesce(sum(received), 0)::bigint as received, coalesce(sum(counted), 0)::bigint as counted,
      coalesce(sum(repeats), 0)::bigint as repeats, coalesce(sum(refused), 0)::bigint as refused,
      coalesce(sum(rejected), 0)::bigint as rejected
    from ledger where poll_no = ${pollNo}`)
}

/** What the gateways copied here as accepted in all. */
export async function copiedAccepted(db: CommonQueryMethods, pollNo: number): Promise<number> {
  const { accepted } = await db.one(sql.type(copiedShape)`
    select coalesce(sum(accepted), 0)::bigint as accepted from run_polls where poll_no = ${pollNo}`)
  return accepted
}

/** The rows of `votes`, laid out as a tally is: `counts[boxNo * options + optionNo]`. */
export async function storedCounts(
  db: CommonQueryMethods,
  pollNo: number,
  { boxes, options }: { readonly boxes: number; readonly options: number },
): Promise<number[]> {
  const counts = new Array<number>(boxes * options).fill(0)
  for (const { boxNo, optionNo, votes } of await countRows(db, [pollNo]))
    counts[boxNo * options + optionNo] = votes
  return counts
}

/** How many voters of each box have how many votes. */
export function votersByVotes(
  db: CommonQueryMethods,
  pollNo: number,
): Promise<readonly z.infer<typeof votersShape>[]> {
  return db.any(sql.type(votersShape)`
    select box_no as "boxNo", votes, count(*) as voters
    from (select box_no, voter_key, count(*) as votes from votes where poll_no = ${pollNo} group by 1, 2) as its
    group by 1, 2 order by 1, 2`)
}
