/** What each query and subscription of the schema answers. */
import type { Resolvers } from '../../../contracts/generated/resolvers.ts'
import { pollIdShape } from '../../../contracts/ids.ts'
import { publicPoll, wholeWeight, type Poll, type PollRecord } from '../../../contracts/poll.ts'
import { nameTally, sumShards, type Tally } from '../../../contracts/tally.ts'
import { dependsOnVoting, whatShows, type Reader } from '../../../contracts/what-shows.ts'
import type { Log } from '../../../runtime/log.ts'
import { tellOutage } from '../../../runtime/tell-outage.ts'
import { pipelineKey, type Pipeline } from '../../broadcast/pipeline-watch.ts'
import { isPublic, type PollList } from '../../broadcast/poll-watches.ts'
import type { ReadTally } from '../../broadcast/read-tally.ts'
import type { Watches } from '../../broadcast/watch.ts'
import type { PollBook } from '../../polls/poll-book.ts'
import { mostOfPage, pageOf, type PollFilter, type PollPage } from '../../polls/poll-pages.ts'
import { resultOf, seeTally, type SeenTally } from '../../results/seen-tally.ts'
import type { ReadCertification } from './read-certification.slonik.ts'
import type { AskReadModel } from './ask-read-model.ts'
import { makeModelResolvers } from './model-resolvers.ts'
import type { ReadTimeline } from './read-timeline.slonik.ts'
import { makeReconciliationQuery, type ReadReconciliation } from './reconciliation.redis.ts'
import { refuse } from './refusals.ts'
import { Count, DateTime } from './scalars.ts'
import { seeCertification, shareCertifications } from './see-certification.ts'
import { shareTimelines } from './share-timelines.ts'
import type { Viewer } from './viewer.ts'

export interface ResolverParts {
  readonly polls: Pick<PollBook, 'list' | 'byId'>
  readonly readTally: ReadTally
  readonly readTimeline: ReadTimeline
  readonly readCertification: ReadCertification
  readonly askReadModel: AskReadModel
  readonly tallies: Watches<Tally>
  readonly poll: Watches<Poll>
  readonly pollLists: Watches<readonly PollRecord[]>
  readonly pipeline: Watches<Pipeline>
  readonly readReconciliation: ReadReconciliation
  readonly log: Pick<Log, 'warn'>
}

interface PageAsked {
  readonly filter?: PollFilter | null
  readonly first: number
  readonly after?: string | null
}

export function makeResolvers(parts: ResolverParts): Resolvers {
  const reading = tellOutage(parts.log, { gone: 'tallies cannot be read', back: 'tallies are read again' })
  const readTimeline = shareTimelines(parts.readTimeline, parts.log)
  const readCertification = shareCertifications(parts.readCertification, parts.log)
  /** Drafts are nobody's business but the moderators'. */
  const isSeen = (poll: Pick<Poll, 'state'>, viewer: Viewer) => poll.state !== 'draft' || viewer.isAdmin
  function seen(id: string, viewer: Viewer): PollRecord {
    const pollId = pollIdShape.safeParse(id)
    if (!pollId.success) throw refuse('bad-input', 'pollId must be a UUID')
    const poll = parts.polls.byId(pollId.data)
    if (poll === null || !isSeen(poll, viewer)) throw refuse('unknown-poll')
    return poll
  }
  function adminOnly(viewer: Viewer): void {
    if (!viewer.isAdmin) throw refuse('admin-token-needed')
  }
  const list = (key: PollList, { gone }: Viewer) => parts.pollLists.watch(key, gone)
  const readerOf = (pollId: string, { isAdmin, votedIn }: Viewer): Reader =>
    isAdmin ? 'moderator' : votedIn.has(pollId) ? 'voter' : 'stranger'
  function cutPage(polls: readonly PollRecord[], asked: PageAsked): PollPage {
    if (asked.first < 1 || asked.first > mostOfPage)
      throw refuse('bad-input', `first must be from 1 to ${mostOfPage}`)
    const after = pollIdShape.nullish().safeParse(asked.after)
    if (!after.success) throw refuse('bad-input', 'after must be the nextAfter of a page: a UUID')
    return pageOf(polls, asked.filter ?? {}, asked.first, after.data ?? null)
  }

  /** As it is now: what was hidden while something was read is hidden. */
  const ofNow = (poll: PollRecord, viewer: Viewer) => seen(poll.pollId, viewer)

  /**
   * What a reader sees of each state, without what would look the same to him. Whether he has voted is known only where
   * it made a difference when he came: once it begins to, the stream ends, and he is judged as he comes again.
   */
  async function* seenTallies(asked: PollRecord, viewer: Viewer): AsyncGenerator<SeenTally> {
    const { pollId } = asked
    let depended = dependsOnVoting(asked)
    let shown: SeenTally | null = null
    for await (const tally of parts.tallies.watch(pollId, viewer.gone)) {
      const poll = parts.polls.byId(pollId)
      if (poll === null || !isSeen(poll, viewer)) return
      const depends = dependsOnVoting(poll)
      if (depends && !depended && !viewer.isAdmin) return
      depended = depends
      const seen = seeTally(poll, tally, readerOf(pollId, viewer))
      if (shown?.pollVersion === seen.pollVersion && shown.version === seen.version) continue
      shown = seen
      yield seen
    }
  }

  /** Ends where the poll is taken back to a draft. */
  async function* seenPolls({ pollId }: PollRecord, viewer: Viewer): AsyncGenerator<Poll> {
    for await (const poll of parts.poll.watch(pollId, viewer.gone)) {
      if (!isSeen(poll, viewer)) return
      yield poll
    }
  }

  async function tallyNow(poll: PollRecord): Promise<Tally> {
    const last = parts.tallies.newest(poll.pollId)
    const read = await parts.readTally(poll).catch((error: unknown) => {
      reading.failed(error, { pollId: poll.pollId })
      return null
    })
    if (read !== null) reading.works()
    // What a screen was shown may be newer than what the fallback knows: numbers never jump back.
    if (last !== null && (read === null || last.version > read.version)) return last
    if (read === null) throw refuse('unavailable')
    return nameTally(poll, read)
  }

  return {
    Count,
    DateTime,
    // A name in GraphQL may hold no hyphen.
    Visibility: { live: 'live', after_vote: 'after-vote', after_close: 'after-close', embargo: 'embargo' },
    Tally: {
      result(seen, { weights }) {
        const poll = parts.polls.byId(seen.pollId)
        if (poll === null) return null
        if (weights != null && !areWeights(weights, poll.boxes.length))
          throw refuse('bad-input', `weights must be one for each ballot box and sum to ${wholeWeight}`)
        return resultOf(poll, seen, weights ?? null)
      },
    },
    Query: {
      ...makeModelResolvers({ askReadModel: parts.askReadModel, seen, byId: parts.polls.byId, readerOf }),
      polls: (_, asked, viewer) =>
        cutPage(viewer.isAdmin ? parts.polls.list() : parts.polls.list().filter(isPublic), asked),
      poll: (_, { id }, viewer) => publicPoll(seen(id, viewer)),
      async tally(_, { pollId }, viewer) {
        const asked = seen(pollId, viewer)
        const reader = readerOf(asked.pollId, viewer)
        // What is shown to nobody here needs no reading.
        const isHidden = whatShows(asked, reader) === 'nothing'
        const tally = isHidden ? nameTally(asked, sumShards(asked.pollId, 0, [])) : await tallyNow(asked)
        return seeTally(isHidden ? asked : ofNow(asked, viewer), tally, reader)
      },
      reconciliation: makeReconciliationQuery(parts.polls, parts.readReconciliation),
      async timeline(_, { pollId, bucket }, viewer) {
        const poll = seen(pollId, viewer)
        const reader = readerOf(poll.pollId, viewer)
        if (whatShows(poll, reader) === 'nothing') return []
        const buckets = await readTimeline(poll, bucket === 'HOUR' ? 'hour' : 'minute').catch(() => {
          throw refuse('unavailable')
        })
        const shows = whatShows(ofNow(poll, viewer), reader)
        if (shows === 'nothing') return []
        return buckets.map(({ at, counts }) => {
          const { total, options } = nameTally(poll, { pollId, version: 0, asOf: at, counts })
          return { at: new Date(at).toISOString(), total, options: shows === 'counts' ? options : [] }
        })
      },
      async certification(_, { pollId }, viewer) {
        const poll = seen(pollId, viewer)
        const certification = await readCertification(poll).catch(() => {
          throw refuse('unavailable')
        })
        const now = ofNow(poll, viewer)
        return certification && seeCertification(now, certification, readerOf(now.pollId, viewer))
      },
    },
    Subscription: {
      tally: {
        subscribe: (_, { pollId }, viewer) => seenTallies(seen(pollId, viewer), viewer),
        resolve: (tally: SeenTally) => tally,
      },
      poll: {
        subscribe: (_, { pollId }, viewer) => seenPolls(seen(pollId, viewer), viewer),
        resolve: (poll: Poll) => poll,
      },
      publicPolls: {
        subscribe: (_, __, viewer) => list('public', viewer),
        resolve: (polls: readonly PollRecord[]) => polls.map(publicPoll),
      },
      polls: {
        subscribe(_, asked, viewer) {
          adminOnly(viewer)
          cutPage([], asked)
          return list('all', viewer)
        },
        resolve: (polls: readonly PollRecord[], asked: PageAsked) => cutPage(polls, asked),
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

function areWeights(weights: readonly number[], boxes: number): boolean {
  if (weights.length !== boxes || weights.some((weight) => weight < 0)) return false
  return weights.reduce((sum, weight) => sum + weight, 0) === wholeWeight
}
