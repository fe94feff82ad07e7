/** A poll as everyone outside sees it. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { pollShape, type Poll } from '../../contracts/poll.ts'

const rowShape = z.object({ poll: pollShape })

export async function publicPollOf(db: CommonQueryMethods, pollNo: number): Promise<Poll> {
  const { poll } = await db.one(sql.type(rowShape)`select poll from public_polls where poll_no = ${pollNo}`)
  return poll
}
