/** Signs again and again what the ledgers have grown by, and raises an alarm for one that does not add up. */
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { PollNames } from './anchor-rows.slonik.ts'
import { LedgerFault } from './follow-chain.ts'

export interface Anchoring extends AsyncDisposable {
  /** The polls whose ledger does not add up, as of the last look. */
  readonly faulty: () => number
}

export function keepAnchoring(parts: {
  readonly everyMs: number
  readonly unanchored: () => Promise<readonly PollNames[]>
  /** Answers how many anchors it made. */
  readonly anchor: (poll: PollNames, signal: AbortSignal) => Promise<number>
  readonly onAnchors: (made: number) => Promise<void>
  readonly log: Log
}): Anchoring {
  const { log } = parts
  let faulty = new Set<string>()

  const loop = repeat(
    parts.everyMs,
    async (signal) => {
      const faults = new Set<string>()
      for (const poll of await parts.unanchored()) {
        if (signal.aborted) return
        try {
          const made = await parts.anchor(poll, signal)
          if (made > 0) await parts.onAnchors(made)
        } catch (error) {
          // Of one poll: the others are anchored all the same.
          if (error instanceof LedgerFault) {
            faults.add(poll.pollId)
            log.error(
              { pollId: poll.pollId },
              `The ledger does not add up and is not signed. ${error.message}`,
            )
          } else log.warn({ err: error, pollId: poll.pollId }, 'could not anchor a poll; trying again')
        }
      }
      faulty = faults
    },
    (error) => log.warn({ err: error }, 'could not anchor the ledgers; trying again'),
  )
  return { faulty: () => faulty.size, [Symbol.asyncDispose]: () => loop.stop() }
}
