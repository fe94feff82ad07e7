/** The life of a process: it opens, it runs, SIGTERM drains it, a second signal ends it at once. */
import type { Log } from './log.ts'
import { isOneOfSeveral } from './processes.ts'

/**
 * Runs `open`, then waits for SIGTERM or SIGINT and closes what `open` put on the stack, last first. A fault
 * while opening is one line and exit code 1; a close that takes longer than `closeWithinMs` is cut short.
 */
export async function live(
  log: Log,
  closeWithinMs: number,
  open: (stack: AsyncDisposableStack) => Promise<void>,
): Promise<void> {
  const stack = new AsyncDisposableStack()
  const ended = new Promise<NodeJS.Signals>((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals) => {
      if (asked) process.exit(130)
      asked = true
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    // Ctrl-C reaches a tender and its processes alike, and the tender says SIGTERM then.
    process.on('SIGINT', isOneOfSeveral() ? () => undefined : onSignal)
  })
  // A promise that nobody awaited failed: the state is unknown, and what starts us again starts clean.
  process.on('unhandledRejection', (error) => {
    log.fatal({ err: error }, 'unhandled rejection')
    process.exit(1)
  })
  try {
    await open(stack)
  } catch (error) {
    log.fatal({ err: error }, error instanceof Error ? error.message : 'cannot start')
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
    await stack.disposeAsync().catch(() => undefined)
    process.exit(1)
  }
  const signal = await ended
  log.info({ signal }, 'stopping')
  setTimeout(() => {
    log.error({ closeWithinMs }, 'did not stop in time')
    process.exit(1)
  }, closeWithinMs).unref()
  try {
    await stack.disposeAsync()
  } catch (error) {
    log.error({ err: error }, 'stopped with a fault')
    process.exit(1)
  }
  log.info('stopped')
  process.exit(0)
}
