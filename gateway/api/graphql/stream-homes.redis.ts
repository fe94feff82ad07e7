/** Finds the process that holds an event stream, for a request about it that came to another one. */
import { randomUUID } from 'node:crypto'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { redisChannels, redisKeys } from '../../../contracts/redis-keys.ts'
import type { Announcements } from '../../broadcast/announcements.redis.ts'
import { paramsShape } from './params.ts'

const postShape = z.union([
  z.object({
    begin: z.string(),
    params: paramsShape,
    /** What its sender may see. */
    rights: z.object({ isAdmin: z.boolean(), votedIn: z.array(z.string()) }),
  }),
  z.object({ end: z.string() }),
])
/** An operation that is to begin on a stream, or one that is to end. */
export type Post = z.infer<typeof postShape>

const replySchema = z.enum(['done', 'taken', 'full'])
export type Reply = z.infer<typeof replySchema>

const sentShape = z.object({ no: z.int(), replyTo: z.string(), post: postShape })
const heardShape = z.object({ no: z.int(), reply: replySchema })

export interface StreamHomes {
  /** Whether this stream was not opened before. */
  readonly claim: (id: string, forMs: number) => Promise<boolean>
  /** This process holds it, and answers what is posted to it. Resolves when it can be found; answers how to end that. */
  readonly hold: (id: string, answer: (post: Post) => Reply) => Promise<() => void>
  /** Null: nobody holds it. Rejects while nobody can say. */
  readonly post: (id: string, post: Post) => Promise<Reply | null>
}

/** Whoever holds it answers within a turn of the event loop. */
const replyWithinMs = 5_000

export function makeStreamHomes(redis: Redis, announcements: Pick<Announcements, 'subscribe'>): StreamHomes {
  const here = new Map<string, (post: Post) => Reply>()
  const waiting = new Map<number, (reply: Reply) => void>()
  const replyTo = redisChannels.streamReplies(randomUUID())
  let replies: Promise<unknown> | null = null
  let count = 0

  const hear = (message: unknown) => {
    // What cannot be read is another release's: whoever waits for it hears that nobody answered in time.
    const heard = heardShape.safeParse(message)
    if (heard.success) waiting.get(heard.data.no)?.(heard.data.reply)
  }

  return {
    claim: async (id, forMs) =>
      (await redis.set(redisKeys.stream(id), '1', 'PX', Math.max(1, forMs), 'NX')) === 'OK',
    async hold(id, answer) {
      here.set(id, answer)
      const stop = await announcements.subscribe(redisChannels.stream(id), (message) => {
        const { data: sent } = sentShape.safeParse(message)
        if (sent === undefined) return
        const reply = JSON.stringify({ no: sent.no, reply: answer(sent.post) })
        // Who asked and hears nothing tells its client so.
        redis.publish(sent.replyTo, reply).catch(() => undefined)
      })
      return () => {
        here.delete(id)
        stop()
      }
    },
    async post(id, post) {
      const own = here.get(id)
      if (own !== undefined) return own(post)
      replies ??= announcements.subscribe(replyTo, hear)
      await replies
      const no = ++count
      const { promise, resolve, reject } = Promise.withResolvers<Reply>()
      waiting.set(no, resolve)
      const late = setTimeout(() => reject(new Error('the holder of a stream did not answer')), replyWithinMs)
      try {
        const sent = JSON.stringify({ no, replyTo, post })
        const heardBy = await redis.publish(redisChannels.stream(id), sent)
        return heardBy === 0 ? null : await promise
      } finally {
        clearTimeout(late)
        waiting.delete(no)
      }
    },
  }
}
