/** What may change about a poll, and when: every command asks here, and hears why not. */
import type { OpenPoll, PollRecord, UpdatePoll } from '../../contracts/poll.ts'
import type { CallRefusal } from '../../contracts/refusals.ts'
import type { StoredPoll } from './poll-rows.slonik.ts'

/** Why a command is refused; `detail` names the field (`field: why`), where it is one, and what to do instead. */
export interface No {
  readonly reason: CallRefusal
  readonly detail: string
}

// Who schedules "now" does so by another clock, and sends it over a wire.
const mayBePastMs = 60_000
// Our clock, Postgres' and that of Redis may differ by less than this: then votes may be under way already.
const opensAsGoodAsNowMs = 1_000

const frozenFields = ['slug', 'options', 'boxes', 'timeZone', 'opensAt'] as const

type Times = Pick<PollRecord, 'state' | 'opensAtMs' | 'closesAtMs' | 'graceMs'>

/** The state that a poll is in by its times, though its row may learn it a moment later. */
export function stateNow({ state, opensAtMs, closesAtMs, graceMs }: Times, now: number): PollRecord['state'] {
  const isOpen = state === 'open' || (state === 'scheduled' && opensAtMs !== null && opensAtMs <= now)
  if (!isOpen) return state
  return closesAtMs !== null && closesAtMs + graceMs <= now ? 'closed' : 'open'
}

/** Whether votes may refer to the poll as it is: options, boxes and their rules then stay. */
export function isFrozen(poll: StoredPoll, now: number): boolean {
  return poll.everOpened || stateNow(poll, now + opensAsGoodAsNowMs) !== poll.state
}

export function whyNotUpdate(poll: StoredPoll, asked: UpdatePoll, now: number): No | null {
  const stands = whyUntouchable(poll)
  if (stands !== null) return stands
  const frozen = frozenFields.filter((field) => asked[field] !== undefined)
  if (isFrozen(poll, now) && frozen.length > 0) {
    const since = timeOf(poll.opensAtMs)
    const why = `frozen since the poll opened${since}; duplicatePoll makes a new round that can differ`
    return { reason: 'poll-frozen', detail: frozen.map((field) => `${field}: ${why}`).join('; ') }
  }
  const state = stateNow(poll, now)
  if (asked.closesAt !== undefined && state === 'closed') {
    return isNot(
      `closesAt: the poll closed${timeOf(poll.closesAtMs)}; openPoll opens it again until a new one`,
    )
  }
  const { visibility } = asked
  if (poll.visibility === 'embargo' && visibility !== undefined && visibility !== 'embargo') {
    if (poll.revealedAt !== null)
      return isNot(`visibility: the embargo was lifted at ${poll.revealedAt}; everyone sees the counts`)
    if (state === 'closed') return isNot('visibility: the poll is over; revealPoll lifts its embargo')
  }
  return whyNotThen(asked, poll, now)
}

/** The times that a poll is made with, or gets: what is left out stays as it is. */
export function whyNotThen(
  asked: Pick<UpdatePoll, 'opensAt' | 'closesAt'>,
  its: Pick<PollRecord, 'opensAtMs' | 'closesAtMs'>,
  now: number,
): No | null {
  const { opensAt = its.opensAtMs, closesAt = its.closesAtMs } = asked
  if (asked.opensAt != null && asked.opensAt < now - mayBePastMs)
    return isBad(`opensAt: ${iso(asked.opensAt)} is past; openPoll opens a poll now`)
  if (asked.closesAt != null && asked.closesAt <= now)
    return isBad(`closesAt: ${iso(asked.closesAt)} is past; closePoll closes a poll now`)
  if (opensAt !== null && closesAt !== null && closesAt <= opensAt)
    return isBad(`closesAt: ${iso(closesAt)} is not later than the opening at ${iso(opensAt)}`)
  return null
}

/** A poll that is open is nothing to refuse, as long as no other end is asked for. */
export function whyNotOpen(poll: StoredPoll, { closesAt }: OpenPoll, now: number): No | null {
  const stands = whyUntouchable(poll)
  if (stands !== null) return stands
  if (stateNow(poll, now) === 'open') {
    return closesAt === undefined || closesAt === poll.closesAtMs
      ? null
      : isNot('closesAt: the poll is open already; updatePoll changes when it closes')
  }
  if (poll.revealedAt !== null)
    return isNot(`Its counts were revealed at ${poll.revealedAt}; duplicatePoll makes a new round.`)
  if (poll.options.length < 2) return isNot('options: a poll needs at least 2 before it opens')
  if (poll.boxes.length < 1) return isNot('boxes: a poll needs a ballot box before it opens')
  if (closesAt != null && closesAt <= now) return isBad(`closesAt: ${iso(closesAt)} is past`)
  // One that was closed is opened until it is closed again; one that never opened has missed its own end.
  if (closesAt === undefined && !poll.everOpened && poll.closesAtMs !== null && poll.closesAtMs <= now)
    return isNot(`closesAt: ${iso(poll.closesAtMs)} is past; name another, or null to close by hand`)
  return null
}

/** A poll that is closed is nothing to refuse. */
export function whyNotClose(poll: StoredPoll, now: number): No | null {
  switch (stateNow(poll, now)) {
    case 'open':
    case 'closed':
      return null
    case 'draft':
      return isNot('The poll has not opened: a draft has nothing to close.')
    case 'scheduled':
      return isNot(`The poll opens${timeOf(poll.opensAtMs)}; updatePoll with opensAt null calls it off.`)
    case 'counting':
    case 'certified':
      return whyUntouchable(poll)
  }
}

export function whyNotReveal(poll: StoredPoll, now: number): No | null {
  if (poll.visibility !== 'embargo') return isNot('The poll is under no embargo.')
  const state = stateNow(poll, now)
  if (state === 'draft' || state === 'scheduled') return isNot('The poll has not opened yet.')
  if (state === 'open') return isNot('The poll is open: an embargo is lifted once it is closed.')
  return whyNotYet(poll, state)
}

export function whyNotArchive(poll: StoredPoll, now: number): No | null {
  const state = stateNow(poll, now)
  if (state === 'open') return isNot('The poll is open: close it first.')
  if (state === 'scheduled')
    return isNot(`The poll opens${timeOf(poll.opensAtMs)}; updatePoll with opensAt null calls it off.`)
  return whyNotYet(poll, state)
}

/** Whether voting is over for good; a poll that is being certified, or is, is nothing to refuse. */
export function whyNotCertify(poll: StoredPoll, now: number): No | null {
  const state = stateNow(poll, now)
  switch (state) {
    case 'counting':
    case 'certified':
      return null
    case 'draft':
    case 'scheduled':
      return isNot('The poll has not opened yet: there is no result to certify.')
    case 'open':
      return isNot('The poll is open: close it first. A poll that is being certified cannot be opened again.')
    case 'closed':
      return whyUntouchable(poll) ?? whyNotYet(poll, state)
  }
}

/** What is for a poll that is over waits until its row says so as well: Postgres judges by the row. */
function whyNotYet({ state }: Pick<StoredPoll, 'state'>, byTheClock: StoredPoll['state']): No | null {
  return state === byTheClock ? null : isNot('The poll is closing; try again in a moment.')
}

/** What nothing but its own command changes any more. */
function whyUntouchable({ state, archivedAt }: StoredPoll): No | null {
  if (archivedAt !== null)
    return isNot(`The poll is archived since ${archivedAt}; unarchivePoll brings it back.`)
  if (state === 'counting') return isNot('The poll is being counted.')
  if (state === 'certified') return isNot('The result is certified; duplicatePoll makes a new round.')
  return null
}

const isNot = (detail: string): No => ({ reason: 'poll-state', detail })
const isBad = (detail: string): No => ({ reason: 'bad-input', detail })
const iso = (ms: number) => new Date(ms).toISOString()
const timeOf = (ms: number | null) => (ms === null ? '' : ` at ${iso(ms)}`)
