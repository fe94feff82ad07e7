/** The server's time, learned from the `date` header of its answers. */

export interface ServerClock {
  /** The server's time now, epoch ms; the device's own until an answer was heard. */
  now(): number
  /** Learns from an answer that was asked for at `sentAt` and came at `heardAt` (device time, epoch ms). */
  learn(dateHeader: string | null, sentAt: number, heardAt: number): void
}

/**
 * A `date` of D means that the server's clock stood in [D, D + 1 s) somewhere between sending and hearing. So its
 * offset lies in [D - heardAt, D + 1 s - sentAt]; each answer narrows that, and one that contradicts (the
 * device's clock was set) begins anew.
 */
export function makeServerClock(deviceNow: () => number = Date.now): ServerClock {
  let least = -Infinity
  let most = Infinity
  return {
    now: () => deviceNow() + (Number.isFinite(least) ? (least + most) / 2 : 0),
    learn(dateHeader, sentAt, heardAt) {
      const date = Date.parse(dateHeader ?? '')
      if (Number.isNaN(date)) return
      const [low, high] = [date - heardAt, date + 1000 - sentAt]
      const narrowed = [Math.max(least, low), Math.min(most, high)] as const
      ;[least, most] = narrowed[0] <= narrowed[1] ? narrowed : [low, high]
    },
  }
}
