/** Tells the person at the terminal what is being done, how far it is, and how long it took. */
import type { Managed } from './managed.ts'

export interface Report {
  /** Runs one numbered step; a text that it resolves to is told, with the time it took. */
  step<T>(title: string, run: (now: (doing: string) => void) => Promise<T>): Promise<T>
  /** One line that stays. */
  say(line: string): void
  /** Stops one process and tells how long that took. */
  stopping(managed: Managed): Promise<void>
  /** Ends what is drawn live. */
  end(): void
}

/** For tests: nothing is told. */
export const silent: Report = {
  step: (_title, run) => run(() => undefined),
  say: () => undefined,
  stopping: (managed) => managed.stop(),
  end: () => undefined,
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const drawEveryMs = 100
const tellEveryMs = 15_000

/**
 * `titles` are the steps; some go side by side, so each is numbered as it ends. Where the output is no terminal, a
 * line every 15 s says that a long step lives.
 */
export function makeReport(titles: readonly string[], out: NodeJS.WriteStream): Report {
  const isLive = out.isTTY
  const active = new Map<string, { since: number; doing: string }>()
  let frame = 0
  // The first, the dependencies, was told before there was anything to run this with.
  let ended = 1
  out.on('error', () => undefined) // a terminal that was closed must not stop the stopping

  const clear = () => isLive && out.write('\r\x1b[K')
  const say = (line: string) => {
    clear()
    out.write(`${line}\n`)
  }
  const draw = () => {
    const doing = [...active].map(
      ([title, step]) => `${title}: ${[step.doing, seconds(step.since)].filter(Boolean).join(', ')}`,
    )
    if (doing.length === 0) return
    if (!isLive) return say(`      ${doing.join(', ')}`)
    const line = `${frames[frame++ % frames.length] ?? ''} ${doing.join(' · ')}`
    out.write(`\r\x1b[K${line.slice(0, out.columns - 1)}`)
  }
  const timer = setInterval(draw, isLive ? drawEveryMs : tellEveryMs)
  timer.unref()

  return {
    say,
    async step(title, run) {
      const step = { since: Date.now(), doing: '' }
      active.set(title, step)
      try {
        const result = await run((doing) => (step.doing = doing))
        active.delete(title)
        say(
          `[${++ended}/${titles.length}] ${title}: ${typeof result === 'string' ? `${result}, ` : ''}${seconds(step.since)}`,
        )
        return result
      } finally {
        active.delete(title)
      }
    },
    async stopping(managed) {
      if (managed.pid === null) return
      const since = Date.now()
      await managed.stop()
      say(`  ${managed.name} stopped in ${seconds(since)}`)
    },
    end() {
      clearInterval(timer)
      clear()
    },
  }
}

export const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`
