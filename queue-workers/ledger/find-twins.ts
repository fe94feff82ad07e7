/** Finds among any number of voteIds those that may have come twice: 8 bytes each, and no twin is overlooked. */

// A shelf of 100 million votes has 24,000: sorting one is nothing, and no array ever grows by more than that.
const shelfCount = 4_096
const firstRoom = 16

/** The end of a UUID, 48 bits of it: what is equal has equal keys, and what has equal keys is nearly always equal. */
export function keyOfVote(voteId: string): number {
  const key = parseInt(voteId.slice(-12), 16)
  return Number.isNaN(key) ? 0 : key
}

export interface Twins {
  readonly add: (voteId: string) => void
  /** Keys that came more than once. */
  readonly doubled: () => ReadonlySet<number>
}

export function makeTwins(): Twins {
  const shelves: { keys: Float64Array; size: number }[] = []
  for (let i = 0; i < shelfCount; i++) shelves.push({ keys: new Float64Array(firstRoom), size: 0 })
  return {
    add(voteId) {
      const key = keyOfVote(voteId)
      const shelf = shelves[key % shelfCount]
      if (shelf === undefined) return
      if (shelf.size === shelf.keys.length) {
        const wider = new Float64Array(shelf.size * 2)
        wider.set(shelf.keys)
        shelf.keys = wider
      }
      shelf.keys[shelf.size++] = key
    },
    doubled() {
      const doubled = new Set<number>()
      for (const { keys, size } of shelves) {
        const sorted = keys.subarray(0, size).sort()
        for (let i = 1; i < size; i++) {
          const key = sorted[i]
          if (key !== undefined && key === sorted[i - 1]) doubled.add(key)
        }
      }
      return doubled
    },
  }
}
