/** What sets a poll apart from a plain one, as small marks beside its state: rehearsal, archived, round, secrecy. */
import type { PollParts } from './poll-parts.ts'

type MarkedParts = Pick<PollParts, 'isRehearsal' | 'archivedAt' | 'round' | 'visibility' | 'revealedAt'>

export function Marks({ poll }: { poll: MarkedParts }) {
  return (
    <>
      {poll.isRehearsal && <span className="mark mark-rehearsal">Rehearsal</span>}
      {poll.archivedAt !== null && <span className="mark">Archived</span>}
      {poll.visibility === 'embargo' && (
        <span className="mark">{poll.revealedAt === null ? 'Embargo' : 'Revealed'}</span>
      )}
      {poll.round > 1 && !poll.isRehearsal && <span className="mark">Round {poll.round}</span>}
    </>
  )
}
