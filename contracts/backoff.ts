/** How long to wait before the next try. */

// A stream comes back after 0.5 s at first, and after 15 s at most.
const streamMs = { first: 500, longest: 15_000 }

/**
 * The wait in ms before try number `tries` (from 1): doubling, each drawn from its whole upper half, so that a crowd
 * that was cut off or refused together comes back spread out.
 */
export function backoffMs(tries: number, ms = streamMs, random: () => number = Math.random): number {
  return Math.min(ms.longest, ms.first * 2 ** (tries - 1)) * (0.5 + random() / 2)
}
