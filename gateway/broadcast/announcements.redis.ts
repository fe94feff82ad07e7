/** What other processes announce on Redis channels, heard through one subscription per channel and process. */
import { RedisPubSub } from 'graphql-redis-subscriptions'
import type { Redis } from 'ioredis'

export interface Announcements {
  /** Resolves when the subscription stands, which is while Redis is away: later. Answers how to end it. */
  readonly subscribe: (channel: string, told: (message: unknown) => void) => Promise<() => void>
  /** Told after each reconnect: what was announced in between is lost, so read again. Answers how to stop. */
  readonly onReconnect: (told: () => void) => () => void
}

/**
 * `subscriber` is a connection of its own; `command` is only there because the library wants a publisher. `onFault`:
 * a channel cannot be subscribed to, because this process is closing or Redis forbids it.
 */
export function makeAnnouncements(
  subscriber: Redis,
  command: Redis,
  onFault: (error: Error) => void = () => undefined,
): Announcements {
  const pubsub = new RedisPubSub({ subscriber: forgiving(subscriber, onFault), publisher: command })
  const onReconnect = new Set<() => void>()
  let connected = subscriber.status === 'ready'
  subscriber.on('ready', () => {
    // ioredis has sent its subscriptions again by now; on the first connection nothing was missed.
    if (connected) for (const told of onReconnect) told()
    connected = true
  })
  return {
    async subscribe(channel, told) {
      const id = await pubsub.subscribe<unknown>(channel, told)
      let ended = false
      return () => {
        if (!ended) pubsub.unsubscribe(id)
        ended = true
      }
    },
    onReconnect(told) {
      onReconnect.add(told)
      return () => void onReconnect.delete(told)
    },
  }
}

/**
 * RedisPubSub lets go of the promises of its subscribes and unsubscribes: one that fails while we close would end
 * the process as an unhandled rejection. Here a subscribe that fails is told, and stays without an answer.
 */
function forgiving(subscriber: Redis, onFault: (error: Error) => void): Redis {
  const own: Readonly<Record<string, (channel: string, done?: (error: null) => void) => unknown>> = {
    subscribe: (channel, done) => subscriber.subscribe(channel).then(() => done?.(null), onFault),
    unsubscribe: (channel) => subscriber.unsubscribe(channel).catch(() => undefined),
    punsubscribe: () => undefined,
  }
  return new Proxy(subscriber, {
    get(target, name) {
      if (typeof name === 'string' && Object.hasOwn(own, name)) return own[name]
      const member: unknown = Reflect.get(target, name, target)
      if (typeof member !== 'function') return member
      const bound: unknown = member.bind(target)
      return bound
    },
  })
}
