/** A poll as everyone outside sees it, read for the event that tells of its new state. */
import { sql, type CommonQueryMethods } from 'slonik'
import { z } from 'zod'
import { pollShape, type Poll } from '../../contracts/poll.ts'

const time = (column: 'opens_at' | 'closes_at' | 'revealed_at' | 'archived_at') =>
  sql.fragment`to_char(${sql.identifier(['p', column])} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

const rowShape = z.object({ poll: pollShape })

export async function publicPollOf(db: CommonQueryMethods, pollNo: number): Promise<Poll> {
  const { poll } = await db.one(sql.type(rowShape)`
    select json_build_object(
      'pollId', p.poll_id, 'slug', p.slug, 'question', p.question, 'description', p.description, 'state', p.state,
      'opensAt', ${time('opens_at')}, 'closesAt', ${time('closes_at')}, 'graceMs', p.grace_ms, 'timeZone', p.time_zone,
      'options', (
        select json_agg(json_build_object('optionId', option_id, 'text', option_text, 'colour', colour,
          'pictureUrl', picture_url) order by option_no) from poll_options o where o.poll_no = p.poll_no),
      'boxes', (
        select json_agg(json_build_object('boxId', box_id, 'voters', voters, 'limit',
          case when limit_votes is not null then
            json_build_object('votes', limit_votes, 'perSeconds', limit_per_seconds) end, 'weight', weight)
          order by box_no) from ballot_boxes b where b.poll_no = p.poll_no),
      'visibility', p.visibility, 'revealedAt', ${time('revealed_at')}, 'isRehearsal', p.is_rehearsal,
      'archivedAt', ${time('archived_at')}, 'round', p.round, 'previousPollId', p.previous_poll_id,
      'version', p.version) as poll
    from polls p where p.poll_no = ${pollNo}`)
  return poll
}
