/** What each query and subscription of the schema answers. */
import type { Resolvers } from '../../../contracts/generated/resolvers.ts'
import { pollIdShape } from '../../../contracts/ids.ts'
import { publicPoll, type Poll, type PollRecord } from '../../../contracts/poll.ts'
import { nameTally, type Tally } from '../../../contracts/tally.ts'
import type { Log } from '../../../runtime/log.ts'
import { pipelineKey, type Pipeline } from '../../broadcast/pipeline-watch.ts'
import type { PollList } from '../../broadcast/poll-watches.ts'
import type { ReadTally } from '../../broadcast/read-tally.ts'
import type { Watches } from '../../broadcast/watch.ts'
import type { PollBook } from '../../polls/poll-book.ts'
import type { ReadTimeline } from './read-timeline.slonik.ts'
import { refuse } from './refusals.ts'
import { Count, DateTime } from './scalars.ts'
import type { Viewer } from './viewer.ts'

export interface ResolverParts {
  readonly polls: Pick<PollBook, 'list' | 'byId'>
  readonly readTally: ReadTally
  readonly readTimeline: ReadTimeline
  readonly tallies: Watches<Tally>
  readonly poll: Watches<Poll>
  readonly pollLists: Watches<readonly Poll[]>
  readonly pipeline: Watches<Pipeline>
  readonly log: Pick<Log, 'warn'>
}

export function makeResolvers(parts: ResolverParts): Resolvers {
  /** Drafts are nobody's business but the moderators'. */
  function seen(id: string, viewer: Viewer): PollRecord {
    const pollId = pollIdShape.safeParse(id)
    if (!pollId.success) throw refuse('bad-input', 'pollId must be a UUID')
    const poll = parts.polls.byId(pollId.data)
    if (poll === null || (poll.state === 'draft' && !viewer.isAdmin)) throw refuse('unknown-poll')
    return poll
  }
  function adminOnly(viewer: Viewer): void {
    if (!viewer.isAdmin) throw refuse('admin-token-needed')
  }
  const list = (key: PollList, { gone }: Viewer) => parts.pollLists.watch(key, gone)

  async function tallyNow(poll: PollRecord): Promise<Tally> {
    const last = parts.tallies.newest(poll.pollId)
    const read = await parts.readTally(poll).catch((error: unknown) => {
      parts.log.warn({ err: error, pollId: poll.pollId }, 'the tally cannot be read')
      return null
    })
    // What a screen was shown may be newer than what the fallback knows: numbers never jump back.
    if (last !== null && (read === null || last.version > read.version)) return last
    if (read === null) throw refuse('unavailable')
    return nameTally(poll, read)
  }

  return {
    Count,
    DateTime,
    Query: {
      polls: (_, { state }, viewer) =>
        parts.polls
          .list()
          .filter((poll) => poll.state !== 'draft' || viewer.isAdmin)
          .filter((poll) => state == null || poll.state === state)
          .map(publicPoll),
      poll: (_, { id }, viewer) => publicPoll(seen(id, viewer)),
      tally: (_, { pollId }, viewer) => tallyNow(seen(pollId, viewer)),
      async timeline(_, { pollId, bucket }, viewer) {
        const poll = seen(pollId, viewer)
        const buckets = await parts
          .readTimeline(poll.pollNo, bucket === 'HOUR' ? 'hour' : 'minute')
          .catch((error: unknown) => {
            parts.log.warn({ err: error, pollId }, 'the timeline cannot be read')
            throw refuse('unavailable')
          })
        return buckets.map(({ at, counts }) => {
          const { total, options } = nameTally(poll, { pollId, version: 0, asOf: at, counts })
          return { at: new Date(at).toISOString(), total, options }
        })
      },
    },
    Subscription: {
      tally: {
        subscribe: (_, { pollId }, viewer) => parts.tallies.watch(seen(pollId, viewer).pollId, viewer.gone),
        resolve: (tally: Tally) => tally,
      },
      poll: {
        subscribe: (_, { pollId }, viewer) => parts.poll.watch(seen(pollId, viewer).pollId, viewer.gone),
        resolve: (poll: Poll) => poll,
      },
      publicPolls: {
        subscribe: (_, __, viewer) => list('public', viewer),
        resolve: (polls: readonly Poll[]) => polls,
      },
      polls: {
        subscribe(_, __, viewer) {
          adminOnly(viewer)
          return list('all', viewer)
        },
        resolve: (polls: readonly Poll[]) => polls,
      },
      pipeline: {
        subscribe(_, __, viewer) {
          adminOnly(viewer)
          return parts.pipeline.watch(pipelineKey, viewer.gone)
        },
        resolve: (pipeline: Pipeline) => pipeline,
      },
    },
  }
}
