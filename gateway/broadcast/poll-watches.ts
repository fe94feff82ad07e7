/** The polls as watched things: each by itself, and the lists of them. */
import { publicPoll, type Poll, type PollRecord } from '../../contracts/poll.ts'
import type { PollBook } from '../polls/poll-book.ts'
import { makeWatches, type Watches } from './watch.ts'

/** `public`: what everyone may see, at most the newest 100. `all`: every poll there is. */
export type PollList = 'public' | 'all'

const mostPublic = 100
export const isPublic = ({ state, archivedAt }: Poll): boolean => state !== 'draft' && archivedAt === null

// The book is in memory: opening a watch anew costs nothing.
const lingerMs = 0

/** Ends when the poll is deleted. Key: the pollId. */
export function makePollWatch(polls: Pick<PollBook, 'byId' | 'onChange'>): Watches<Poll> {
  return makeWatches<Poll>({
    lingerMs,
    isNewer: (poll, than) => poll.version > than.version,
    open(pollId, told) {
      const tell = (poll: PollRecord | null) => (poll === null ? told.end() : told.put(publicPoll(poll)))
      tell(polls.byId(pollId))
      return polls.onChange((changed, poll) => {
        if (changed === pollId) tell(poll)
      })
    },
  })
}

/** Newest first, whole, after each change that can be seen in the list. Key: a PollList. */
export function makePollListWatch(
  polls: Pick<PollBook, 'list' | 'onChange'>,
): Watches<readonly PollRecord[]> {
  return makeWatches<readonly PollRecord[]>({
    lingerMs,
    isNewer: () => true,
    open(key, told) {
      let shown: readonly PollRecord[] | null = null
      let due: NodeJS.Immediate | null = null
      const show = () => {
        due = null
        const list = key === 'all' ? polls.list() : polls.list().filter(isPublic).slice(0, mostPublic)
        // Records are replaced, never changed: the same records are the same list.
        if (shown?.length === list.length && list.every((poll, i) => poll === shown?.[i])) return
        shown = list
        told.put(list)
      }
      show()
      const forget = polls.onChange(() => {
        // Many polls change in one turn when the book is read anew: one list is enough.
        due ??= setImmediate(show)
      })
      return () => {
        forget()
        if (due !== null) clearImmediate(due)
      }
    },
  })
}
