/** Seats each viewer in the audience of everyone with the same question. */
import { openAudience, type Audience } from './audience.ts'
import type { Answer, Told } from './engine.ts'
import type { Seated } from './seat.ts'
import { makeTurns } from './turns.ts'

export interface Audiences {
  /**
   * Only where no audience stands for this key, or where it is null, GraphQL is asked; `over` fires when nobody
   * follows what it answered any more. Resolves with null when the viewer is seated, else with the only answer.
   */
  readonly seat: (
    key: string | null,
    ask: (over: AbortSignal) => Promise<Answer>,
    seated: Seated,
    gone: AbortSignal,
  ) => Promise<Told | null>
  /** How many audiences there are, how many viewers in them, and how many states were serialised for them so far. */
  readonly size: () => { readonly audiences: number; readonly viewers: number; readonly frames: number }
}

const lookEveryMs = 3_000

export function makeAudiences(onFault: (error: unknown) => void): Audiences {
  const turns = makeTurns()
  const all = new Set<Audience>()
  const byKey = new Map<string, Audience>()
  /** Those that GraphQL is being asked for: in a storm of reconnects it is asked once. */
  const opening = new Map<string, Promise<unknown>>()
  let frames = 0
  let looking: NodeJS.Timeout | null = null

  async function open(
    key: string | null,
    ask: (over: AbortSignal) => Promise<Answer>,
  ): Promise<Audience | Told> {
    const over = new AbortController()
    const asked = await ask(over.signal).catch((error: unknown) => {
      over.abort()
      throw error
    })
    if (!('results' in asked)) {
      over.abort()
      return asked
    }
    const audience = openAudience({
      ...{ results: asked.results, turns, onFault, onFrame: () => void frames++ },
      onOver() {
        over.abort()
        if (key !== null && byKey.get(key) === audience) byKey.delete(key)
      },
      onEmpty() {
        all.delete(audience)
        if (all.size > 0 || looking === null) return
        clearInterval(looking)
        looking = null
      },
    })
    all.add(audience)
    if (key !== null) byKey.set(key, audience)
    looking ??= setInterval(() => all.forEach((each) => each.look(performance.now())), lookEveryMs).unref()
    return audience
  }

  return {
    async seat(key, ask, seated, gone) {
      const known = key === null ? undefined : (byKey.get(key) ?? (await beingOpened(key)))
      const opened = known ?? (await first(key, ask))
      if (!('seat' in opened)) return opened
      opened.seat(seated, gone)
      return null
    },
    size: () => ({
      audiences: all.size,
      frames,
      viewers: [...all].reduce((sum, audience) => sum + audience.size(), 0),
    }),
  }

  /** Who waits for a question that is refused asks again by himself, and hears the same. */
  async function beingOpened(key: string): Promise<Audience | undefined> {
    await opening.get(key)?.catch(() => undefined)
    return byKey.get(key)
  }

  function first(key: string | null, ask: (over: AbortSignal) => Promise<Answer>): Promise<Audience | Told> {
    const asking = open(key, ask)
    if (key === null || opening.has(key)) return asking
    const done = () => void opening.delete(key)
    opening.set(key, asking)
    asking.then(done, done)
    return asking
  }
}
