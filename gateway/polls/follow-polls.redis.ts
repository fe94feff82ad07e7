/** Keeps a process' poll book equal to the polls on Redis: at start, at each announcement, and every few seconds. */
import type { Redis } from 'ioredis'
import { redisChannels } from '../../contracts/redis-keys.ts'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { PollBookPen } from './poll-book.ts'
import { countPollChanges, makeReadProjectedPolls, readProjectedPoll } from './projected-polls.redis.ts'

// An announcement may be lost with its connection: a change is known after this long all the same.
const rereadEveryMs = 1_000

/** Resolves when the book is filled for the first time. The subscriber's connection is not closed. */
export async function followPolls(
  redis: Redis,
  subscriber: Redis,
  book: PollBookPen,
  log: Log,
): Promise<{ refresh: (pollId: string) => Promise<void>; [Symbol.asyncDispose]: () => Promise<void> }> {
  async function refresh(pollId: string): Promise<void> {
    const poll = await readProjectedPoll(redis, pollId)
    if (poll === 'unfit') return
    if (poll === null) book.remove(pollId)
    else book.put(poll)
  }
  const readProjectedPolls = makeReadProjectedPolls(redis)
  let changesSeen: string | null = null
  async function rereadAll(): Promise<void> {
    if ((await countPollChanges(redis)) === changesSeen) return
    const read = await readProjectedPolls()
    // While the memory is restored, what this process knows stands.
    if (read === 'unfit') return
    book.replaceAll(read.polls)
    changesSeen = read.changes
  }
  const onMessage = (channel: string, pollId: string) => {
    if (channel !== redisChannels.polls) return
    refresh(pollId).catch((error: unknown) => log.debug({ err: error }, 'could not read a changed poll'))
  }
  subscriber.on('message', onMessage)
  await subscriber.subscribe(redisChannels.polls)
  await rereadAll()
  const reread = repeat(rereadEveryMs, rereadAll, (error) =>
    log.debug({ err: error }, 'could not read the polls'),
  )
  return {
    refresh,
    async [Symbol.asyncDispose]() {
      subscriber.off('message', onMessage)
      await reread.stop()
    },
  }
}
