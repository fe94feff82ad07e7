/** All viewers with one question: one execution and one frame for each state, written to them round by round. */
import type { ExecutionResult } from 'graphql'
import { frames } from './frame.ts'
import { completeSeat, failSeat, give, isGone, openSeat, type Seat, type Seated } from './seat.ts'
import type { Turns } from './turns.ts'

export interface Audience {
  /** Seats a viewer, who gets the newest frame at once and leaves when `gone` fires. */
  readonly seat: (seated: Seated, gone: AbortSignal) => void
  /** Pings who has heard nothing for long, and lets go who has taken nothing for long. To be called often. */
  readonly look: (now: number) => void
  readonly size: () => number
}

interface AudienceParts {
  /** One for each state, executed by GraphQL. */
  readonly results: AsyncIterable<ExecutionResult>
  readonly turns: Turns
  /** A state was serialised, once for all. */
  readonly onFrame: () => void
  /** Nobody may be seated any more: the last viewer has left, or nothing more will come. */
  readonly onOver: () => void
  /** It is over, and the last viewer has left. */
  readonly onEmpty: () => void
  readonly onFault: (error: unknown) => void
}

// Proxies close a connection that is silent for a minute or less; our screens give it up after 40 s.
export const silentForMs = 9_000
// What still lies before a viewer who took nothing for so long is older than what a new connection shows at once, and
// nobody can tell whether he lives: he has to come again.
export const patienceMs = 30_000

/**
 * A round goes along the seats as along a ring: a newer frame goes on from where the round before has come to, so that
 * it overtakes it, and nobody is the last twice.
 */
export function openAudience(parts: AudienceParts): Audience {
  const iterator = parts.results[Symbol.asyncIterator]()
  const seats: Seat[] = []
  let newest = frames.ping
  let sending = newest
  let sentAt = performance.now()
  let over: false | 'complete' | 'failed' = false
  let round = 0
  /** The place that the round has come to, and how many places it has still to look at. */
  let at = 0
  let due = 0

  const work = {
    isDone: () => due === 0,
    step(most: number): number {
      let reached = 0
      while (due > 0 && reached < most) {
        // First, for who is reached may leave at once, and then the round counts anew.
        due--
        if (at >= seats.length) at = 0
        const seat = seats[at++]
        // Who came or was moved since the round began may have been reached already.
        if (seat === undefined || seat.round === round) continue
        seat.round = round
        reached++
        reach(seat)
      }
      return reached
    },
  }
  function beginRound(): void {
    sentAt = performance.now()
    round++
    due = seats.length
    parts.turns.run(work)
  }
  function reach(seat: Seat): void {
    if (over === 'complete') return completeSeat(seat)
    if (over === 'failed') return failSeat(seat)
    const frame = seat.isBehind ? newest : sending
    seat.isBehind = !give(seat, frame, catchUp) && frame !== frames.ping
  }
  function catchUp(seat: Seat): void {
    if (seat.isBehind) reach(seat)
  }

  async function follow(): Promise<void> {
    try {
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
        newest = sending = frames.of(next.value)
        parts.onFrame()
        beginRound()
      }
      end('complete')
    } catch (error) {
      parts.onFault(error)
      end('failed')
    }
  }
  function end(how: 'complete' | 'failed'): void {
    if (over !== false) return
    over = how
    parts.onOver()
    iterator.return?.().catch(() => undefined)
    if (seats.length === 0) parts.onEmpty()
    else beginRound()
  }

  function leave(seat: Seat): void {
    const last = seats.pop()
    if (last !== undefined && last !== seat) {
      seats[seat.place] = last
      last.place = seat.place
    }
    // The one that was moved may not have been reached yet: then the round looks at all of them once more.
    if (due > 0) due = seats.length
    endIfEmpty()
  }
  function endIfEmpty(): void {
    if (seats.length > 0) return
    if (over !== false) return parts.onEmpty()
    // Who comes within this turn, as after a reload of the only screen, is still seated.
    setImmediate(() => seats.length === 0 && end('complete'))
  }

  void follow()
  return {
    size: () => seats.length,
    seat(seated, gone) {
      if (isGone(seated)) return endIfEmpty()
      const seat = openSeat(seated, newest, { place: seats.length, round }, catchUp)
      if (gone.aborted || over !== false) {
        completeSeat(seat)
        return endIfEmpty()
      }
      seats.push(seat)
      if (due > 0) due++
      const goneNow = () => {
        leave(seat)
        // The connection stands: it is this process that goes.
        completeSeat(seat)
      }
      gone.addEventListener('abort', goneNow, { once: true })
    },
    look(now) {
      for (const { res, waitsSince } of seats) {
        if (waitsSince > 0 && now - waitsSince > patienceMs) res?.destroy()
      }
      if (due > 0 || over !== false || now - sentAt < silentForMs) return
      sending = frames.ping
      beginRound()
    },
  }
}
