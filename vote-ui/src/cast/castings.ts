/** Casts the votes of this device: they go on while the voter walks from page to page. */
import { told, type Choice, type UrnaClient } from '../../../contracts/client.ts'
import type { KeptVote } from '../../../contracts/kept-votes.ts'
import { voteRefusals, type VoteRefusal } from '../../../contracts/refusals.ts'
import type { VoteAnswer } from '../../../contracts/vote.ts'
import type { InBox } from './boxes.ts'
import { recalled, step, type Casting, type CastRefusal, type CastStep, type CountedVote } from './casting.ts'

interface CastingsParts extends Pick<UrnaClient, 'cast' | 'keptVote' | 'unansweredVotes'> {
  readonly isOnline: () => boolean
  /** Told each answer before it shows. */
  readonly onAnswer?: (box: InBox, answer: VoteAnswer) => void
}

interface Slot {
  readonly box: InBox
  casting: Casting
  /** The last vote that was counted; the next one may be under way. */
  last: CountedVote | null
  /** The vote of this page that has no answer yet: another tab may have one of its own. */
  sent: Pick<KeptVote, 'voteId' | 'optionId'> | null
  underWay: AbortController | null
}

export type Castings = ReturnType<typeof makeCastings>

export function makeCastings({ cast, keptVote, unansweredVotes, isOnline, onAnswer }: CastingsParts) {
  const slots = new Map<string, Slot>()
  const listeners = new Set<() => void>()
  // Votes of earlier pages that go out beside those of this one.
  const mending = new Set<string>()

  const whereIs = ({ pollId, boxId, isOnly, voters }: InBox) => ({
    ...{ pollId, voters },
    ...(!isOnly && { box: boxId }),
  })
  const keptIn = (box: InBox): KeptVote | null => keptVote(whereIs(box))
  const tell = () => {
    for (const listener of listeners) listener()
  }

  function slotOf(box: InBox): Slot {
    const key = `${box.pollId} ${box.boxId}`
    const known = slots.get(key)
    if (known !== undefined) return known
    const kept = keptIn(box)
    const casting = recalled(kept)
    const last = casting.at === 'counted' ? casting : null
    const begun: Slot = { box, casting, last, sent: last === null ? kept : null, underWay: null }
    slots.set(key, begun)
    return begun
  }

  function take(slot: Slot, taken: CastStep) {
    const next = step(slot.casting, taken)
    if (next === slot.casting) return
    slot.casting = next
    if (next.at === 'counted') slot.last = next
    tell()
  }

  async function send(slot: Slot, its: Pick<Choice, 'optionId' | 'voteId' | 'another'>) {
    slot.underWay?.abort()
    const abort = new AbortController()
    slot.underWay = abort
    const { optionId } = its
    try {
      const answered = cast({ ...whereIs(slot.box), ...its }, abort.signal)
      // A vote is kept before it is sent: there stands its voteId.
      slot.sent = keptIn(slot.box)
      const answer = await answered
      if (slot.underWay !== abort) return
      slot.sent = null
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
    if ((at === 'sending' || at === 'offline') && slot.underWay === null && slot.sent !== null)
      void send(slot, idOf(slot.sent))
    for (const vote of unansweredVotes(whereIs(box)))
      if (vote.voteId !== slot.sent?.voteId && !mending.has(vote.voteId)) void mend(box, vote)
  }

  /** A vote that another page left without an answer, or is sending itself: the same voteId counts once. */
  async function mend(box: InBox, vote: KeptVote) {
    mending.add(vote.voteId)
    try {
      const answer = await cast({ ...whereIs(box), ...idOf(vote) })
      onAnswer?.(box, answer)
      recall()
    } catch {
      // It stays kept, for the next page.
    } finally {
      mending.delete(vote.voteId)
    }
  }

  /** The device's memory changed under us: what another tab brought home counts here too. */
  function recall() {
    for (const slot of slots.values()) {
      const kept = recalled(keptIn(slot.box))
      if (kept.at !== 'counted' || kept.voteId === slot.last?.voteId) continue
      if (isOwn(slot)) {
        slot.last = kept
        tell()
      } else {
        slot.sent = null
        take(slot, { ...kept, do: 'count' })
      }
    }
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
      if (now !== before && now.at === 'sending') void send(slot, { optionId: now.optionId, another })
    },
    /** For a vote whose receipt nobody honours any more: the same voteId, so it can never count twice. */
    sendAgain(box: InBox) {
      const slot = slotOf(box)
      const { last, casting } = slot
      if (last === null) return
      take(slot, { do: 'send-again', optionId: last.optionId })
      if (slot.casting !== casting) void send(slot, idOf(last))
    },
    heard: () => each({ do: 'hear' }),
    /** atMs: when the vote goes out again, by the server's clock. */
    retried: (atMs: number) => each({ do: 'retry', atMs }),
    silenced: () => each({ do: 'miss', online: isOnline() }),
    /** The line is back: what waits is sent at once, with the voteId that it has. */
    wake() {
      for (const slot of slots.values())
        if (slot.underWay !== null && slot.sent !== null) void send(slot, idOf(slot.sent))
    },
    recall,
    /** Somebody else is verified on this device: what the person before did is nothing of theirs. */
    changePerson() {
      const left = [...slots].filter(([, { box }]) => box.voters === 'verified')
      for (const [key, slot] of left) {
        slots.delete(key)
        const { underWay } = slot
        slot.underWay = null
        underWay?.abort()
      }
      for (const [, { box }] of left) resume(box)
      tell()
    },
  }
}

const idOf = ({ voteId, optionId }: Pick<KeptVote, 'voteId' | 'optionId'>) => ({ voteId, optionId })

/** A choice at hand, a refusal and a vote under way are this page's own: nothing from elsewhere takes their place. */
const isOwn = ({ casting, underWay }: Slot): boolean =>
  underWay !== null || casting.at === 'refused' || (casting.at === 'choosing' && casting.optionId !== null)

function refusalIn(error: unknown): CastRefusal {
  const { reason } = told(error)
  return reason !== null && isRefusal(reason) ? reason : 'unclear'
}

function isRefusal(code: string): code is VoteRefusal {
  return code in voteRefusals
}
