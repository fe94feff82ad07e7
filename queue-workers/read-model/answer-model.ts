/** What the read model answers to each question, by the rights of who asks. */
import type { DatabasePool } from 'slonik'
import type { z } from 'zod'
import { pollIdShape } from '../../contracts/ids.ts'
import type { Poll } from '../../contracts/poll.ts'
import {
  eventsAskedShape,
  momentShape,
  tallyAskedShape,
  type EventPage,
  type ModelTally,
  type Report,
} from '../../contracts/read-model.ts'
import { callRefusals, type CallRefusal } from '../../contracts/refusals.ts'
import type { Shows } from '../../contracts/what-shows.ts'
import { hasSchema, liveSchema, readInModel, schemaAt } from './in-model.slonik.ts'
import { readPoll, readPolls, readRounds } from './known-polls.slonik.ts'
import { inOneLine } from './read-batch.ts'
import { decodePlace, readEvents } from './read-events.slonik.ts'
import { readReport } from './read-report.slonik.ts'
import { readTally, readUpTo } from './read-tally.slonik.ts'
import { showsOf, type ModelReader } from './rights.ts'

export interface ModelRefusal {
  readonly refused: CallRefusal
  readonly says: string
}
export type ModelAnswer<T> = T | ModelRefusal

type Search = Readonly<Record<string, string>>

const refuse = (refused: CallRefusal, says: string = callRefusals[refused].says): ModelRefusal => ({
  refused,
  says,
})
export const isRefusal = (answer: object): answer is ModelRefusal => 'refused' in answer

const noSuchMoment =
  'The state of that moment was not made: npm run replay -- --at TIME makes it, from a copy of the events.'

/** Rights are those of now, also to what was: a poll that is hidden now is hidden. */
export function makeAnswers(pool: DatabasePool) {
  function parse<T>(shape: z.ZodType<T>, input: unknown): T | ModelRefusal {
    const read = shape.safeParse(input)
    return read.success ? read.data : refuse('bad-input', inOneLine(read.error).replace(/^: /, ''))
  }

  /** Null: there is no state of that moment. */
  async function schemaOf(at: string | undefined): Promise<string | null> {
    if (at === undefined) return liveSchema
    const schema = schemaAt(new Date(at))
    return (await readInModel(pool, liveSchema, (db) => hasSchema(db, schema))) ? schema : null
  }

  /** The poll, what of it shows, and its rounds of which the counts show. */
  async function lookUp(id: string, reader: ModelReader) {
    const pollId = parse(pollIdShape, id)
    if (typeof pollId === 'object') return pollId
    const rounds = await readInModel(pool, liveSchema, async (db) => {
      const poll = await readPoll(db, pollId)
      return poll === null ? [] : readRounds(db, poll)
    })
    const poll = rounds.at(-1) ?? null
    const shows = showsOf(poll, reader)
    if (poll === null || shows === null) return refuse('unknown-poll')
    if (shows === 'nothing') return refuse('counts-hidden')
    return { poll, shows, rounds: rounds.filter((round) => showsOf(round, reader) === 'counts') }
  }

  return {
    async tally(id: string, search: Search, reader: ModelReader): Promise<ModelAnswer<ModelTally>> {
      const asked = parse(tallyAskedShape, search)
      if (isRefusal(asked)) return asked
      const found = await lookUp(id, reader)
      if (isRefusal(found)) return found
      const schema = await schemaOf(asked.at)
      if (schema === null) return refuse('unknown-path', noSuchMoment)
      const { storedUpTo } = asked
      return readInModel(pool, schema, async (db) => {
        const tally = showTally(await readTally(db, found.poll), found.shows)
        // Offsets are of all polls together.
        if (storedUpTo === undefined || reader !== 'moderator') return tally
        return { ...tally, upTo: await readUpTo(db, tally, storedUpTo) }
      })
    },

    async report(id: string, search: Search, reader: ModelReader): Promise<ModelAnswer<Report>> {
      const asked = parse(momentShape, search)
      if (isRefusal(asked)) return asked
      const found = await lookUp(id, reader)
      if (isRefusal(found)) return found
      if (found.shows !== 'counts') return refuse('counts-hidden')
      const schema = await schemaOf(asked.at)
      if (schema === null) return refuse('unknown-path', noSuchMoment)
      return readInModel(pool, schema, (db) => readReport(db, found.poll, found.rounds))
    },

    /** Without a poll: of all polls whose counts show. */
    async events(search: Search, reader: ModelReader): Promise<ModelAnswer<EventPage>> {
      const asked = parse(eventsAskedShape, search)
      if (isRefusal(asked)) return asked
      const after = asked.after === undefined ? null : decodePlace(asked.after)
      if (asked.after !== undefined && after === null)
        return refuse('bad-input', 'after must be the nextAfter of a page')
      let polls: readonly Poll[]
      if (asked.poll === undefined) {
        const all = await readInModel(pool, liveSchema, readPolls)
        polls = all.filter((poll) => showsOf(poll, reader) === 'counts')
      } else {
        const found = await lookUp(asked.poll, reader)
        if (isRefusal(found)) return found
        if (found.shows !== 'counts') return refuse('counts-hidden')
        polls = [found.poll]
      }
      const schema = await schemaOf(asked.at)
      if (schema === null) return refuse('unknown-path', noSuchMoment)
      const pollIds = polls.map(({ pollId }) => pollId)
      return readInModel(pool, schema, (db) => readEvents(db, pollIds, asked, after))
    },
  }
}

function showTally(tally: ModelTally, shows: Shows): ModelTally {
  if (shows === 'counts') return tally
  return { ...tally, options: [], boxes: tally.boxes.map((box) => ({ ...box, options: [] })) }
}
