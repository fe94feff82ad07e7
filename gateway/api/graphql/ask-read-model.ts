/** Asks the read model, which answers on a port of its own. */
import { z } from 'zod'
import {
  eventPageShape,
  readModelPaths,
  reportShape,
  type EventPage,
  type Report,
} from '../../../contracts/read-model.ts'

/** What it did not answer with: it is away, does not know the poll (yet), hides it, or was asked wrongly. */
export type ModelFault =
  | { readonly fault: 'away' | 'unknown-poll' | 'counts-hidden' }
  | { readonly fault: 'bad-input'; readonly says: string }

export interface AskReadModel {
  readonly events: (
    pollId: string,
    asked: Readonly<Record<string, string | number | null | undefined>>,
  ) => Promise<EventPage | ModelFault>
  readonly report: (pollId: string) => Promise<Report | ModelFault>
}

// It reads its own small database: who waits longer waits for nothing.
const answerWithinMs = 3_000

const refusalShape = z.object({ error: z.object({ reason: z.string(), message: z.string() }) })

/**
 * Asked with the admin token: what the viewer may see is judged here, where it is known who has voted. Without an
 * address it is away.
 */
export function makeAskReadModel(readModelUrl: string | null, adminToken: string): AskReadModel {
  async function ask<T>(address: string, shape: z.ZodType<T>): Promise<T | ModelFault> {
    if (readModelUrl === null) return { fault: 'away' }
    try {
      const answer = await fetch(new URL(address, readModelUrl), {
        headers: { authorization: `Bearer ${adminToken}` },
        signal: AbortSignal.timeout(answerWithinMs),
      })
      const body: unknown = await answer.json()
      return answer.status === 200 ? shape.parse(body) : faultOf(body)
    } catch {
      return { fault: 'away' }
    }
  }
  return {
    events(pollId, asked) {
      const search = new URLSearchParams({ poll: pollId })
      for (const [name, value] of Object.entries(asked)) if (value != null) search.set(name, String(value))
      return ask(`${readModelPaths.events}?${search.toString()}`, eventPageShape)
    },
    report: (pollId) => ask(readModelPaths.report(pollId), reportShape),
  }
}

function faultOf(body: unknown): ModelFault {
  const told = refusalShape.safeParse(body)
  const reason = told.success ? told.data.error.reason : null
  if (reason === 'unknown-poll' || reason === 'counts-hidden') return { fault: reason }
  if (told.success && reason === 'bad-input') return { fault: reason, says: told.data.error.message }
  return { fault: 'away' }
}
