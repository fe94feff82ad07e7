/** All lines of this process: each is looked at, and has its operations run. */
import type { Audiences } from './audiences.ts'
import type { Ask } from './engine.ts'
import { makeLine, type Dialect, type Line, type Operation, type Wire } from './line.ts'
import type { Params } from './params.ts'
import { keyOf } from './question.ts'
import type { Viewer } from './viewer.ts'

export type Rights = Pick<Viewer, 'isAdmin' | 'votedIn'>

export interface Lines {
  readonly open: (wire: Wire, dialect: Dialect) => Line
  /** Seats a subscription in the audience of all who ask the same, however they are connected; tells anything else. */
  readonly run: (operation: Operation, params: Params, rights: Rights) => Promise<void>
  readonly size: () => number
}

const lookEveryMs = 3_000

export function makeLines(ask: Ask, audiences: Audiences): Lines {
  const all = new Set<Line>()
  let looking: NodeJS.Timeout | null = null

  function forget(line: Line): void {
    all.delete(line)
    if (all.size > 0 || looking === null) return
    clearInterval(looking)
    looking = null
  }

  return {
    open(wire, dialect) {
      const made = makeLine(wire, dialect)
      const line: Line = {
        ...made,
        close() {
          made.close()
          forget(line)
        },
      }
      all.add(line)
      looking ??= setInterval(() => all.forEach((each) => each.look(performance.now())), lookEveryMs).unref()
      return line
    },
    async run(operation, params, rights) {
      const { gone } = operation
      const viewer = { ...rights, gone }
      const askFor = (over: AbortSignal) =>
        ask(params, { ...rights, gone: over }, { safe: false, streams: true })
      const told = await audiences.seat(keyOf(params, viewer), askFor, { res: null, operation }, gone)
      if (told !== null) operation.tell(told)
    },
    size: () => all.size,
  }
}
