/** Casts the votes of this device: they go on while the voter walks from page to page. */
import { told, type KeptVote, type UrnaClient } from '../../../contracts/client.ts'
import { voteRefusals, type VoteRefusal } from '../../../contracts/refusals.ts'
import { recalled, step, type Casting, type CastRefusal, type CastStep } from './casting.ts'

interface CastingsParts {
  readonly cast: UrnaClient['cast']
  readonly keptVote: UrnaClient['keptVote']
  readonly isOnline: () => boolean
}

/** Which ballot box a vote is for; undefined where the poll has only one. */
type Box = string | undefined

export type Castings = ReturnType<typeof makeCastings>

export function makeCastings({ cast, keptVote, isOnline }: CastingsParts) {
  const castings = new Map<string, Casting>()
  const underWay = new Map<string, AbortController>()
  const listeners = new Set<() => void>()

  function casting(pollId: string): Casting {
    const known = castings.get(pollId)
    if (known !== undefined) return known
    const begun = recalled(keptVote(pollId))
    castings.set(pollId, begun)
    return begun
  }

  function take(pollId: string, taken: CastStep) {
    const next = step(casting(pollId), taken)
    if (next === castings.get(pollId)) return
    castings.set(pollId, next)
    for (const listener of listeners) listener()
  }

  async function send(pollId: string, optionId: string, box: Box) {
    underWay.get(pollId)?.abort()
    const abort = new AbortController()
    underWay.set(pollId, abort)
    try {
      const choice = { pollId, optionId, ...(box !== undefined && { box }) }
      const answer = await cast(choice, abort.signal)
      if (underWay.get(pollId) !== abort) return
      if (answer.accepted)
        take(pollId, { do: 'count', optionId, acceptedAt: answer.acceptedAt, receipt: answer.receipt })
      else refuse(pollId, answer.reason, answer.retryAt ?? null)
    } catch (error) {
      if (underWay.get(pollId) === abort) refuse(pollId, refusalIn(error), null)
    } finally {
      if (underWay.get(pollId) === abort) underWay.delete(pollId)
    }
  }

  /** Whoever has voted already and still has the receipt sees that vote, not a refusal. */
  function refuse(pollId: string, reason: CastRefusal, retryAt: string | null) {
    const kept = recalled(keptVote(pollId))
    if (reason === 'already-voted' && kept.at === 'counted') take(pollId, { ...kept, do: 'count' })
    else take(pollId, { do: 'refuse', reason, retryAt })
  }

  /** Sends what the device remembers and nobody is sending. */
  function resume(pollId: string) {
    const { at } = casting(pollId)
    const kept = keptVote(pollId)
    if ((at !== 'sending' && at !== 'offline') || underWay.has(pollId) || kept === null) return
    void send(pollId, kept.optionId, kept.box)
  }

  const each = (taken: CastStep) => {
    for (const pollId of underWay.keys()) take(pollId, taken)
  }

  return {
    casting,
    resume,
    follow(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    choose: (pollId: string, optionId: string) => take(pollId, { do: 'choose', optionId }),
    chooseAgain: (pollId: string) => take(pollId, { do: 'choose-again' }),
    confirm(pollId: string, box?: Box) {
      const before = casting(pollId)
      take(pollId, { do: 'send' })
      const now = casting(pollId)
      if (now !== before && now.at === 'sending') void send(pollId, now.optionId, box)
    },
    /** For a vote whose receipt nobody honours any more: the same voteId, so it can never count twice. */
    sendAgain(pollId: string) {
      take(pollId, { do: 'send-again' })
      resume(pollId)
    },
    heard: () => each({ do: 'hear' }),
    retried: () => each({ do: 'retry' }),
    silenced: () => each({ do: 'miss', online: isOnline() }),
    /** The line is back: what waits is sent at once, with the voteId that it has. */
    wake() {
      for (const pollId of [...underWay.keys()]) {
        const kept: KeptVote | null = keptVote(pollId)
        if (kept !== null) void send(pollId, kept.optionId, kept.box)
      }
    },
    /** The device's memory changed under us: what another tab brought home counts here too. */
    recall() {
      for (const pollId of castings.keys()) {
        const kept = recalled(keptVote(pollId))
        if (kept.at === 'counted' && casting(pollId).at !== 'counted') take(pollId, { ...kept, do: 'count' })
      }
    },
  }
}

function refusalIn(error: unknown): CastRefusal {
  const { reason } = told(error)
  return reason !== null && isRefusal(reason) ? reason : 'unclear'
}

function isRefusal(code: string): code is VoteRefusal {
  return code in voteRefusals
}
