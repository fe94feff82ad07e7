/** Reads a thing at most once in a while, however many ask for it. */

interface Kept<Value> {
  /** When its last read began. */
  readonly at: number
  readonly reading: Promise<Value>
  isUnderWay: boolean
  /** The last that was read, from this read or one before. */
  last: Value | null
}

/**
 * Who asks within `everyMs` of a read, or while it is under way, shares it. While a thing cannot be read the last that
 * is known of it stands; rejects where there is none. `now` in ms.
 */
export function shareReads<Thing, Value>(parts: {
  readonly keyOf: (thing: Thing) => string
  /** `last`: what was read of it before, null where nothing was. */
  readonly read: (thing: Thing, last: Value | null) => Promise<Value>
  readonly everyMs: number
  /** Of how many things something is kept; the one that was read least recently is forgotten. */
  readonly most: number
  readonly now: () => number
  readonly onFault: (error: unknown, thing: Thing) => void
  readonly onRead?: () => void
}): (thing: Thing) => Promise<Value> {
  const { everyMs, now } = parts
  const all = new Map<string, Kept<Value>>()

  function begin(key: string, thing: Thing, before: Kept<Value> | undefined): Kept<Value> {
    const kept: Kept<Value> = {
      ...{ at: now(), isUnderWay: true, last: before?.last ?? null },
      reading: parts.read(thing, before?.last ?? null).then(
        (value) => {
          kept.isUnderWay = false
          parts.onRead?.()
          return (kept.last = value)
        },
        (error: unknown) => {
          kept.isUnderWay = false
          parts.onFault(error, thing)
          if (kept.last === null) throw error
          return kept.last
        },
      ),
    }
    all.delete(key)
    all.set(key, kept)
    if (all.size > parts.most) for (const oldest of all.keys()) return (all.delete(oldest), kept)
    return kept
  }

  return (thing) => {
    const key = parts.keyOf(thing)
    const known = all.get(key)
    const isFresh = known !== undefined && (known.isUnderWay || now() - known.at < everyMs)
    return (isFresh ? known : begin(key, thing, known)).reading
  }
}
