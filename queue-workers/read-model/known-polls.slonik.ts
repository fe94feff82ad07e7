/** The polls as the read model was told of them last. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { pollShape, type Poll } from '../../contracts/poll.ts'

const contentShape = z.object({ content: pollShape })

/** Null where none was told of, or it was deleted. */
export async function readPoll(db: CommonQueryMethods, pollId: string): Promise<Poll | null> {
  const row = await db.maybeOne(sql.type(contentShape)`
    select content from polls where poll_id = ${pollId} and content is not null`)
  return row?.content ?? null
}

/** This poll and its earlier rounds, oldest first; a chain that bites its tail ends there. */
export async function readRounds(db: CommonQueryMethods, poll: Poll): Promise<readonly Poll[]> {
  const rounds = [poll]
  const seen = new Set([poll.pollId])
  for (let id = poll.previousPollId; id !== null && !seen.has(id);) {
    seen.add(id)
    const earlier = await readPoll(db, id)
    if (earlier === null) break
    rounds.unshift(earlier)
    id = earlier.previousPollId
  }
  return rounds
}

/** Those of which anything is known. */
export async function readPolls(db: CommonQueryMethods): Promise<readonly Poll[]> {
  const rows = await db.any(sql.type(contentShape)`select content from polls where content is not null`)
  return rows.map(({ content }) => content)
}
