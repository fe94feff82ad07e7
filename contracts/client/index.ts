/** `@urna/client`: votes for one voter, with the same voteId through every retry, and follows tallies that come back. */
import { memoryStorage } from '../client-storage.ts'
import { makeUrnaClient, told } from '../client.ts'
import { deviceStorage } from '../device-storage.ts'
import { follow } from '../live.ts'
import { newer } from '../newer.ts'
import { callRefusals, voteRefusals, type CallRefusal, type VoteRefusal } from '../refusals.ts'
import { makeStreams } from '../streams.graphql-sse.ts'
import type * as its from './types.ts'
import { tallyDocument } from './tally-document.ts'

export function connect(options: its.ConnectOptions): its.Urna {
  const { url, giveUpAfterMs, onRetry } = options
  const at = (path: string) => new URL(path, url.endsWith('/') ? url : `${url}/`).href
  const storage = options.storage ?? (typeof document === 'undefined' ? memoryStorage() : deviceStorage())
  const client = makeUrnaClient({
    ...{ trpcUrl: at('trpc'), storage },
    ...(giveUpAfterMs !== undefined && { giveUpAfterMs }),
    ...(onRetry !== undefined && { onRetry }),
  })
  const { trpc, session, keptVote, startSession, verify, allowance } = client
  const streams = makeStreams({
    url: at('graphql'),
    headers() {
      const token = session()?.token
      return token === undefined ? {} : { authorization: `Bearer ${token}` }
    },
  })
  /** By poll, how to begin each of its streams anew. */
  const watched = new Map<string, Set<() => void>>()

  return {
    ...{ keptVote, startSession, verify, allowance },
    polls: () => trpc.poll.list.query(),
    poll: (which) => ('slug' in which ? trpc.poll.bySlug.query(which) : trpc.poll.byId.query(which)),
    status: (vote, signal) => client.voteStatus(vote, signal),

    async cast(choice, signal) {
      const answer = await client.cast(choice, signal)
      // Who may see the counts may depend on having voted, which is judged when a stream begins.
      if (answer.accepted) for (const beginAnew of watched.get(choice.pollId) ?? []) beginAnew()
      return answer
    },

    watchTally(pollId, { onTally, onLine = () => undefined, onRefused }) {
      let shown: its.Tally | null = null
      const begin = () =>
        follow<{ tally: its.Tally }>({
          open: (sink) =>
            streams.open<{ tally: its.Tally }, { pollId: string }>(tallyDocument, { pollId }, sink),
          onFrame({ tally }) {
            const newest = newer(shown, tally)
            if (newest === shown || isSame(newest, shown)) return
            shown = newest
            onTally(newest)
          },
          ...{ onLine, ...(onRefused !== undefined && { onRefused }) },
        })
      let stop = begin()
      const beginAnew = () => {
        stop()
        stop = begin()
      }
      const ofPoll = watched.get(pollId) ?? new Set()
      watched.set(pollId, ofPoll.add(beginAnew))
      return () => {
        ofPoll.delete(beginAnew)
        stop()
      }
    },
  }
}

/** A stream that comes back begins with what was shown already; what may be seen can change without another vote. */
const isSame = (one: its.Tally, other: its.Tally | null) =>
  one.pollVersion === other?.pollVersion && one.version === other.version && one.shows === other.shows

/** What a call that threw ran into. */
export function faultOf(error: unknown): its.Fault {
  const { status, reason } = told(error)
  return { status, reason: isCallRefusal(reason) ? reason : null }
}

const isCallRefusal = (reason: string | null): reason is CallRefusal =>
  reason !== null && Object.hasOwn(callRefusals, reason)

export { callRefusals, voteRefusals }
export type { CallRefusal, VoteRefusal }
export type Allowance = its.Allowance
export type AskedVote = its.AskedVote
export type BallotBox = its.BallotBox
export type Choice = its.Choice
export type ConnectOptions = its.ConnectOptions
export type Fault = its.Fault
export type KeptVote = its.KeptVote
export type Line = its.Line
export type OptionTally = its.OptionTally
export type Poll = its.Poll
export type PollOption = its.PollOption
export type Receipt = its.Receipt
export type Session = its.Session
export type Tally = its.Tally
export type TallyWatcher = its.TallyWatcher
export type Urna = its.Urna
export type VoteAnswer = its.VoteAnswer
export type VotePlace = its.VotePlace
export type VoterStorage = its.VoterStorage
export type VoteStatus = its.VoteStatus
