/** Remembers what never changes once it is read, up to a weight, and reads it once however many ask at the same time. */

/** `read` answers null for what is not there yet: that is asked again. What fails is asked again, too. */
export function rememberReads<Thing, Value>(parts: {
  readonly keyOf: (thing: Thing) => string
  readonly read: (thing: Thing) => Promise<Value | null>
  /** In bytes, about. */
  readonly weigh: (value: Value) => number
  /** What is used least recently goes first. */
  readonly mostBytes: number
}): (thing: Thing) => Promise<Value | null> {
  const { keyOf, read, weigh, mostBytes } = parts
  const known = new Map<string, { readonly value: Value; readonly bytes: number }>()
  const underWay = new Map<string, Promise<Value | null>>()
  let bytes = 0

  function keep(key: string, value: Value): void {
    const its = { value, bytes: weigh(value) }
    known.set(key, its)
    bytes += its.bytes
    for (const [oldest, { bytes: freed }] of known) {
      if (bytes <= mostBytes) return
      known.delete(oldest)
      bytes -= freed
    }
  }

  async function readNow(key: string, thing: Thing): Promise<Value | null> {
    try {
      const value = await read(thing)
      if (value !== null) keep(key, value)
      return value
    } finally {
      underWay.delete(key)
    }
  }

  return (thing) => {
    const key = keyOf(thing)
    const its = known.get(key)
    if (its !== undefined) {
      known.delete(key)
      known.set(key, its)
      return Promise.resolve(its.value)
    }
    let reading = underWay.get(key)
    if (reading === undefined) underWay.set(key, (reading = readNow(key, thing)))
    return reading
  }
}
