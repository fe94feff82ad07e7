/** The live tally of each watched poll. */
import { redisChannels } from '../../contracts/redis-keys.ts'
import { nameTally, tallyFrameShape, type Tally, type TallyFrame } from '../../contracts/tally.ts'
import type { Log } from '../../runtime/log.ts'
import { rest } from '../../runtime/rest.ts'
import type { PollBook } from '../polls/poll-book.ts'
import type { Announcements } from './announcements.redis.ts'
import type { ReadTally } from './read-tally.ts'
import { makeRhythm } from './rhythm.ts'
import { makeWatches, type Watches } from './watch.ts'

// The last announcement may have been lost: a screen is never wrong for longer than this.
const everyMs = 1_000
// With Redis away a subscription does not stand until it is back; the snapshot then comes from Postgres.
const subscribeWithinMs = 500

/** Subscribes, then reads, then drops the old: in another order the vote cast in between would be lost. */
export function makeTallyWatch(parts: {
  readonly polls: Pick<PollBook, 'byId' | 'onChange'>
  readonly readTally: ReadTally
  readonly announcements: Announcements
  readonly log: Pick<Log, 'warn' | 'info'>
  readonly lingerMs?: number
  readonly readEveryMs?: number
}): Watches<Tally> {
  const { polls, announcements, log } = parts
  const rhythm = makeRhythm(parts.readEveryMs ?? everyMs)
  return makeWatches<Tally>({
    lingerMs: parts.lingerMs ?? 5_000,
    isNewer: (tally, than) =>
      tally.pollVersion > than.pollVersion ||
      (tally.pollVersion === than.pollVersion && tally.version > than.version),
    open(pollId, told) {
      let newest: TallyFrame | null = null
      const put = (frame: TallyFrame) => {
        const poll = polls.byId(pollId)
        if (newest === null || frame.version > newest.version) newest = frame
        if (poll !== null) told.put(nameTally(poll, newest))
      }
      const subscribed = new AbortController()
      const subscribing = announcements.subscribe(redisChannels.tally(pollId), (message) => {
        const frame = tallyFrameShape.safeParse(message)
        if (frame.success) put(frame.data)
      })
      let away = false
      let early = false
      const reading = rhythm.join(
        async (stopping) => {
          if (!subscribed.signal.aborted) {
            await rest(subscribeWithinMs, AbortSignal.any([subscribed.signal, stopping]))
          }
          const poll = polls.byId(pollId)
          if (poll === null) return told.end()
          early = !subscribed.signal.aborted
          put(await parts.readTally(poll))
          if (away) log.info({ pollId }, 'the tally can be read again')
          away = false
        },
        (error) => {
          told.away()
          if (!away) log.warn({ err: error, pollId }, 'the tally cannot be read: the last known is shown')
          away = true
        },
      )
      const forgetReconnect = announcements.onReconnect(reading.wake)
      const forgetChange = polls.onChange((changed, poll) => {
        if (changed !== pollId) return
        // The same counts under new rules are something else to see.
        if (poll === null) told.end()
        else if (newest !== null) put(newest)
      })
      subscribing.then(
        () => {
          subscribed.abort()
          // A snapshot that was read before the subscription stood may lack what was announced in between.
          if (early) reading.wake()
        },
        (error: unknown) =>
          log.warn({ err: error, pollId }, 'no subscription: the tally is read each second'),
      )
      return async () => {
        forgetReconnect()
        forgetChange()
        subscribing.then(
          (unsubscribe) => unsubscribe(),
          () => undefined,
        )
        await reading.stop()
      }
    },
  })
}
