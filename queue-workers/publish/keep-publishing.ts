/** The publisher's life: it sends while there is something to send, and says once when Kafka goes or comes. */
import { backoffMs } from '../../contracts/backoff.ts'
import type { Log } from '../../runtime/log.ts'
import { repeat, rest } from '../../runtime/rest.ts'

const lookEveryMs = 1_000
// Each send has its price, here, in Postgres and in Kafka: under load this many milliseconds make one.
const pauseMs = 250
const talliesEveryMs = 1_000
// With nothing to send, Kafka is asked whether it is there.
const askEveryMs = 10_000
const whileAwayMs = { first: 500, longest: 10_000 }

export interface Publishing extends AsyncDisposable {
  readonly wake: () => void
  readonly kafkaAnswers: () => boolean
}

/** Each step rejects while Kafka or Postgres is away; then it is tried again, at most every 10 s. */
export function keepPublishing(parts: {
  readonly prepare: () => Promise<void>
  /** Sends some rows; answers for each its poll, null where there is none by now, and whether more than these wait. */
  readonly rows: () => Promise<{ readonly polls: readonly (string | null)[]; readonly more: boolean }>
  readonly pollEvents: () => Promise<boolean>
  readonly anchors: () => Promise<boolean>
  readonly tallies: (pollIds: readonly string[]) => Promise<boolean>
  readonly openPolls: () => Promise<readonly string[]>
  readonly log: Log
  readonly onSent: (rows: number) => void
}): Publishing {
  const { log } = parts
  let state: 'unknown' | 'up' | 'down' = 'unknown'
  let faults = 0
  let changed: Set<string> | null = null
  let talliesAt = 0
  let heardAt = 0
  let beganAt = -Infinity

  async function publish(signal: AbortSignal): Promise<void> {
    const pause = beganAt + pauseMs - performance.now()
    if (pause > 0) await rest(pause, signal)
    beganAt = performance.now()
    if (state !== 'up' || Date.now() - heardAt >= askEveryMs) {
      await parts.prepare()
      heardAt = Date.now()
      if (state === 'down') log.info('Kafka answers again; sending what waits in Postgres')
      state = 'up'
    }
    changed ??= new Set(await parts.openPolls())
    while (!signal.aborted && (await parts.pollEvents())) continue
    while (!signal.aborted && (await parts.anchors())) continue
    while (!signal.aborted) {
      const { polls, more } = await parts.rows()
      if (polls.length > 0) {
        parts.onSent(polls.length)
        heardAt = Date.now()
      }
      for (const pollId of polls) if (pollId !== null) changed.add(pollId)
      if (!more) break
      if (Date.now() - talliesAt >= talliesEveryMs) await tell(changed)
    }
    if (Date.now() - talliesAt >= talliesEveryMs) await tell(changed)
  }

  async function tell(polls: Set<string>): Promise<void> {
    if (polls.size === 0) return
    const now = [...polls]
    if (!(await parts.tallies(now))) return
    talliesAt = Date.now()
    for (const pollId of now) polls.delete(pollId)
  }

  const loop = repeat(
    lookEveryMs,
    async (signal) => {
      try {
        await publish(signal)
        faults = 0
      } catch (error) {
        if (state !== 'down') log.warn({ err: error }, 'cannot publish; events wait in Postgres')
        state = 'down'
        await rest(backoffMs(++faults, whileAwayMs), signal)
      }
    },
    (error) => log.error({ err: error }, 'publisher'),
  )
  return {
    wake: loop.wake,
    kafkaAnswers: () => state === 'up',
    [Symbol.asyncDispose]: () => loop.stop(),
  }
}
