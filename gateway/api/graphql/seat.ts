/** One viewer's place in an audience, held as small as it can be: a process has 15,000 of them. */
import type { ServerResponse } from 'node:http'
import { frames, type Frame } from './frame.ts'
import type { Operation } from './line.ts'

/** A stream of its own, or one operation of several that share a line. */
export type Seated =
  | { readonly res: ServerResponse; readonly operation: null }
  | { readonly res: null; readonly operation: Operation }

export type Seat = Seated & Place

interface Place {
  /** Where it stands among its audience's seats. */
  place: number
  /** The last round of its audience that came by. */
  round: number
  /** Since when it has not taken what it was given (performance.now()); 0: it takes everything. */
  waitsSince: number
  /** A state passed it by: the newest is due to it. */
  isBehind: boolean
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
}
const nothing = Buffer.alloc(0)
const forgotten = { headers: {}, rawHeaders: [], body: '' }

/** Opens a stream. Some browsers wait for a first byte before they call it open. */
export function openStream(res: ServerResponse, first: Frame): void {
  res.writeHead(200, headers)
  res.write(first.event)
  // What a browser says with its question takes 2 kB, and is needed no more.
  Object.assign(res.req, forgotten)
}

/** Takes a place, with the first frame. */
export function openSeat(
  seated: Seated,
  first: Frame,
  at: { readonly place: number; readonly round: number },
  caughtUp: (seat: Seat) => void,
): Seat {
  const seat: Seat = { ...seated, ...at, waitsSince: 0, isBehind: false }
  if (seat.operation === null) openStream(seat.res, first)
  else seat.isBehind = !give(seat, first, caughtUp)
  return seat
}

export const isGone = ({ res }: Seated): boolean => res?.destroyed === true

/**
 * Writes past node:http straight to the socket: the chunk was coded once for all, and it is one write in place of
 * four. That is sound while this answer has the line to itself: from the moment `res.socket` is set until its end.
 * False: the viewer still has to take what he was given before; then `caughtUp` is called once he has.
 */
export function give(seat: Seat, frame: Frame, caughtUp: (seat: Seat) => void): boolean {
  if (seat.operation !== null) return seat.operation.give(frame, () => caughtUp(seat))
  const { socket } = seat.res
  // Null: another answer has this line before us (pipelining). Not writable: its close is on the way.
  if (socket === null || !socket.writable) return false
  if (socket.writableLength === 0) {
    // HTTP/1.0, which nginx speaks to us unless told otherwise, knows no chunks.
    socket.write(seat.res.chunkedEncoding ? frame.chunk : frame.event)
    return true
  }
  if (seat.waitsSince === 0) {
    seat.waitsSince = performance.now()
    // 'drain' tells only of 64 kB and more; the end of an empty write, of every byte before it.
    socket.write(nothing, (error) => {
      if (error) return
      seat.waitsSince = 0
      caughtUp(seat)
    })
  }
  return false
}

/** Says that nothing more will come, and ends the stream. */
export function completeSeat(seat: Seat): void {
  if (seat.operation !== null) return seat.operation.complete()
  if (seat.res.destroyed || seat.res.writableEnded) return
  // One that does not take even this is let go like any other that takes nothing.
  seat.waitsSince ||= performance.now()
  seat.res.end(frames.complete.event)
}

/** The results have failed. */
export function failSeat(seat: Seat): void {
  if (seat.operation === null) seat.res.destroy()
  else seat.operation.fail()
}
