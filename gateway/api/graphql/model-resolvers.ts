/** What the queries of the read model answer: by the rights that a viewer has to the counts. */
import type { GraphQLError } from 'graphql'
import type { QueryResolvers } from '../../../contracts/generated/resolvers.ts'
import type { PollRecord } from '../../../contracts/poll.ts'
import { mostEventsOfPage } from '../../../contracts/read-model.ts'
import { whatShows, type Reader } from '../../../contracts/what-shows.ts'
import type { AskReadModel, ModelFault } from './ask-read-model.ts'
import { refuse } from './refusals.ts'
import type { Viewer } from './viewer.ts'

export function makeModelResolvers(parts: {
  readonly askReadModel: AskReadModel
  /** Throws where the viewer may not know that there is such a poll. */
  readonly seen: (pollId: string, viewer: Viewer) => PollRecord
  readonly byId: (pollId: string) => PollRecord | null
  readonly readerOf: (pollId: string, viewer: Viewer) => Reader
}): Pick<QueryResolvers, 'events' | 'report'> {
  /** Judged again behind each question: what was hidden meanwhile is hidden. */
  function seenCounts(id: string, viewer: Viewer): string {
    const poll = parts.seen(id, viewer)
    if (whatShows(poll, parts.readerOf(poll.pollId, viewer)) !== 'counts') throw refuse('counts-hidden')
    return poll.pollId
  }
  const showsCounts = (pollId: string, viewer: Viewer): boolean => {
    const poll = parts.byId(pollId)
    return poll !== null && whatShows(poll, parts.readerOf(pollId, viewer)) === 'counts'
  }

  return {
    async events(_, { pollId: id, type, from, to, batchId, first, after }, viewer) {
      const pollId = seenCounts(id, viewer)
      if (first < 1 || first > mostEventsOfPage)
        throw refuse('bad-input', `first must be from 1 to ${mostEventsOfPage}`)
      const page = await parts.askReadModel.events(pollId, { type, from, to, batchId, first, after })
      if ('fault' in page) throw refusalOf(page)
      seenCounts(id, viewer)
      const { events, nextAfter } = page
      return { events: events.map((event) => ({ ...event, data: JSON.stringify(event.data) })), nextAfter }
    },
    async report(_, { pollId: id }, viewer) {
      const report = await parts.askReadModel.report(seenCounts(id, viewer))
      if ('fault' in report) throw refusalOf(report)
      const pollId = seenCounts(id, viewer)
      // An earlier round has rules of its own; it was asked for with the rights of a moderator.
      const rounds = report.rounds.filter((one) => one.pollId === pollId || showsCounts(one.pollId, viewer))
      return { ...report, rounds }
    },
  }
}

function refusalOf(told: ModelFault): GraphQLError {
  switch (told.fault) {
    case 'away':
      return refuse('unavailable', 'The read model does not answer. Ask again a little later.')
    case 'unknown-poll':
      return refuse('unavailable', 'The read model was not told of this poll yet. Ask again a little later.')
    case 'counts-hidden':
      return refuse('counts-hidden')
    case 'bad-input':
      return refuse('bad-input', told.says)
  }
}
