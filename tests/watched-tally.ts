/** Keeps the last frame of a tally subscription, and whether any went back. */
import { createClient } from 'graphql-sse'
import { rest } from '../runtime/rest.ts'
import type { Door } from './house.ts'

export function watchTally(door: Door, pollId: string) {
  const client = createClient({ url: `${door.url}/graphql`, retryAttempts: 1_000, retry: () => rest(250) })
  const last = {
    total: 0,
    version: -1,
    options: [] as { optionId: string; votes: number }[],
    jumpedBack: false,
  }
  const unsubscribe = client.subscribe<{
    tally: { total: number; version: number; options: typeof last.options }
  }>(
    { query: `subscription { tally(pollId: "${pollId}") { version total options { optionId votes } } }` },
    {
      next({ data }) {
        if (data?.tally === undefined) return
        if (data.tally.version < last.version) last.jumpedBack = true
        Object.assign(last, data.tally)
      },
      error: () => undefined,
      complete: () => undefined,
    },
  )
  return { last, unsubscribe }
}
