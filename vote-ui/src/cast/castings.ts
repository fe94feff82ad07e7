/** Casts the votes of this device: they go on while the voter walks from page to page. */
import { told, type KeptVote, type UrnaClient } from '../../../contracts/client.ts'
import { voteRefusals, type VoteRefusal } from '../../../contracts/refusals.ts'
import type { VoteAnswer } from '../../../contracts/vote.ts'
import type { InBox } from './boxes.ts'
import { recalled, step, type Casting, type CastRefusal, type CastStep, type CountedVote } from './casting.ts'

interface CastingsParts extends Pick<UrnaClient, 'cast' | 'keptVote'> {
  readonly isOnline: () => boolean
  /** Told each answer before it shows. */
  readonly onAnswer?: (box: InBox, answer: VoteAnswer) => void
}

interface Slot {
  readonly box: InBox
  casting: Casting
  /** The last vote that was counted; the next one may be under way. */
  last: CountedVote | null
  underWay: AbortController | null
}

export type Castings = ReturnType<typeof makeCastings>

export function makeCastings({ cast, keptVote, isOnline, onAnswer }: CastingsParts) {
  const slots = new Map<string, Slot>()
  const listeners = new Set<() => void>()

  const keptIn = ({ pollId, boxId, isOnly }: InBox): KeptVote | null =>
    isOnly ? keptVote(pollId) : keptVote(pollId, boxId)

  function slotOf(box: InBox): Slot {
    const key = `${box.pollId} ${box.boxId}`
    const known = slots.get(key)
    if (known !== undefined) return known
    const casting = recalled(keptIn(box))
    const begun: Slot = { box, casting, last: casting.at === 'counted' ? casting : null, underWay: null }
    slots.set(key, begun)
    return begun
  }

  function take(slot: Slot, taken: CastStep) {
    const next = step(slot.casting, taken)
    if (next === slot.casting) return
    slot.casting = next
    if (next.at === 'counted') slot.last = next
    for (const listener of listeners) listener()
  }

  async function send(slot: Slot, optionId: string, another: boolean) {
    slot.underWay?.abort()
    const abort = new AbortController()
    slot.underWay = abort
    const { pollId, boxId, isOnly } = slot.box
    const choice = { pollId, optionId, ...(!isOnly && { box: boxId }), ...(another && { another }) }
    try {
      const answer = await cast(choice, abort.signal)
      if (slot.underWay !== abort) return
      onAnswer?.(slot.box, answer)
      if (answer.accepted) {
        const { voteId, acceptedAt, receipt } = answer
        take(slot, { do: 'count', voteId, optionId, acceptedAt, receipt })
      } else refuse(slot, answer.reason, answer.retryAt ?? null)
    } catch (error) {
      if (slot.underWay === abort) refuse(slot, refusalIn(error), null)
    } finally {
      if (slot.underWay === abort) slot.underWay = null
    }
  }

  /** Whoever has no vote left, and still has the receipt of one, sees that vote; a refusal only if there is none. */
  function refuse(slot: Slot, reason: CastRefusal, retryAt: string | null) {
    const kept = recalled(keptIn(slot.box))
    const isSpent = reason === 'already-voted' || (reason === 'limit-reached' && retryAt === null)
    if (isSpent && kept.at === 'counted') take(slot, { ...kept, do: 'count' })
    else if (reason === 'limit-reached' && retryAt !== null) take(slot, { do: 'wait' })
    else take(slot, { do: 'refuse', reason, retryAt })
  }

  /** Sends what the device remembers and nobody is sending. */
  function resume(box: InBox) {
    const slot = slotOf(box)
    const { at } = slot.casting
    const kept = keptIn(box)
    if ((at !== 'sending' && at !== 'offline') || slot.underWay !== null || kept === null) return
    void send(slot, kept.optionId, false)
  }

  const each = (taken: CastStep) => {
    for (const slot of slots.values()) if (slot.underWay !== null) take(slot, taken)
  }

  return {
    casting: (box: InBox): Casting => slotOf(box).casting,
    last: (box: InBox): CountedVote | null => slotOf(box).last,
    resume,
    follow(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    choose: (box: InBox, optionId: string, another = false) =>
      take(slotOf(box), { do: 'choose', optionId, another }),
    chooseAgain: (box: InBox) => take(slotOf(box), { do: 'choose-again' }),
    /** another: the box takes several votes of a voter, so this may be one more. */
    confirm(box: InBox, another = false) {
      const slot = slotOf(box)
      const before = slot.casting
      take(slot, { do: 'send', another })
      const now = slot.casting
      if (now !== before && now.at === 'sending') void send(slot, now.optionId, another)
    },
    /** For a vote whose receipt nobody honours any more: the same voteId, so it can never count twice. */
    sendAgain(box: InBox) {
      take(slotOf(box), { do: 'send-again' })
      resume(box)
    },
    heard: () => each({ do: 'hear' }),
    retried: () => each({ do: 'retry' }),
    silenced: () => each({ do: 'miss', online: isOnline() }),
    /** The line is back: what waits is sent at once, with the voteId that it has. */
    wake() {
      for (const slot of slots.values()) {
        const kept = slot.underWay === null ? null : keptIn(slot.box)
        if (kept !== null) void send(slot, kept.optionId, false)
      }
    },
    /** The device's memory changed under us: what another tab brought home counts here too. */
    recall() {
      for (const slot of slots.values()) {
        const kept = recalled(keptIn(slot.box))
        // One that is under way here is answered here.
        if (kept.at === 'counted' && slot.casting.at !== 'counted' && slot.underWay === null)
          take(slot, { ...kept, do: 'count' })
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
