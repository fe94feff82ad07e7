/** Looks every second at the polls that are to be certified, freezes what was admitted, and certifies what agrees. */
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import type { CountingPoll } from './certification-rows.slonik.ts'
import { LedgerFault } from './follow-chain.ts'

const lookEveryMs = 1_000
// A look at a large poll reads all its votes: it is done a tenth of the time at most.
const restPerLook = 9

export function keepCertifying(parts: {
  readonly polls: () => Promise<readonly CountingPoll[]>
  /** Answers what it waits for; null once what was admitted is frozen. */
  readonly freeze: (poll: CountingPoll) => Promise<string | null>
  /** Answers whether it certified the poll; notes what is missing where it did not. Throws LedgerFault. */
  readonly certify: (poll: CountingPoll, signal: AbortSignal) => Promise<boolean>
  readonly noteMissing: (poll: CountingPoll, missing: readonly string[]) => Promise<void>
  readonly onCertified: (pollId: string) => Promise<void>
  readonly log: Log
}): AsyncDisposable {
  const { log } = parts
  const notBefore = new Map<string, number>()

  async function look(poll: CountingPoll, signal: AbortSignal): Promise<void> {
    if (poll.admitted === null) {
      const waitsFor = await parts.freeze(poll)
      if (waitsFor !== null) return parts.noteMissing(poll, [waitsFor])
    }
    if (!(await parts.certify(poll, signal))) return
    log.info({ pollId: poll.pollId }, 'certified')
    await parts.onCertified(poll.pollId)
  }

  const loop = repeat(
    lookEveryMs,
    async (signal) => {
      const polls = await parts.polls()
      for (const poll of polls) {
        const { pollId } = poll
        if (signal.aborted) return
        if (performance.now() < (notBefore.get(pollId) ?? 0)) continue
        const startedAt = performance.now()
        try {
          await look(poll, signal)
        } catch (error) {
          // Of one poll: the others are certified all the same.
          if (error instanceof LedgerFault) {
            await parts.noteMissing(poll, [error.message])
            if (poll.missing[0] !== error.message)
              log.error({ pollId }, `The ledger does not add up and is not certified. ${error.message}`)
          } else log.warn({ err: error, pollId }, 'could not look at a poll to certify; trying again')
        }
        const endedAt = performance.now()
        notBefore.set(pollId, endedAt + restPerLook * (endedAt - startedAt))
      }
      const standing = new Set(polls.map(({ pollId }) => pollId))
      for (const pollId of notBefore.keys()) if (!standing.has(pollId)) notBefore.delete(pollId)
    },
    (error) => log.warn({ err: error }, 'could not look for polls to certify; trying again'),
  )
  return { [Symbol.asyncDispose]: () => loop.stop() }
}
