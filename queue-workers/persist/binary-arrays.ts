/** Columns as Postgres takes arrays in binary: nobody writes or parses text. */

// Type numbers of pg_type: they are fixed for built-in types.
const oids = { bytea: 17, int2: 21, timestamptz: 1184, uuid: 2950 } as const

// Postgres counts from 2000-01-01, in microseconds.
const epochMs = Date.UTC(2000, 0, 1)

/** One dimension from index 1, no nulls; then each element behind its length. */
function arrayOf(type: keyof typeof oids, length: number, bytes: number): Buffer {
  const array = Buffer.allocUnsafe(20 + length * 4 + bytes)
  array.writeInt32BE(length === 0 ? 0 : 1, 0)
  array.writeInt32BE(0, 4)
  array.writeInt32BE(oids[type], 8)
  if (length === 0) return array.subarray(0, 12)
  array.writeInt32BE(length, 12)
  array.writeInt32BE(1, 16)
  return array
}

/** `int2[]` of a column's values in this order. */
export function int2Array(column: ArrayLike<number>, order: ArrayLike<number>): Buffer {
  const array = arrayOf('int2', order.length, order.length * 2)
  for (let i = 0, to = 20; i < order.length; i++, to += 6) {
    const value = column[order[i] ?? 0] ?? 0
    array[to] = array[to + 1] = array[to + 2] = 0
    array[to + 3] = 2
    array[to + 4] = value >> 8
    array[to + 5] = value & 255
  }
  return array
}

/** `uuid[]` of a column of 16 bytes each, in this order. */
export function uuidArray(column: Uint8Array, order: ArrayLike<number>): Buffer {
  const array = arrayOf('uuid', order.length, order.length * 16)
  for (let i = 0, to = 20; i < order.length; i++, to += 20) {
    const from = (order[i] ?? 0) * 16
    array[to] = array[to + 1] = array[to + 2] = 0
    array[to + 3] = 16
    for (let byte = 0; byte < 16; byte++) array[to + 4 + byte] = column[from + byte] ?? 0
  }
  return array
}

/** `bytea[]`. */
export function byteaArray(values: readonly Buffer[]): Buffer {
  const bytes = values.reduce((sum, value) => sum + value.length, 0)
  const array = arrayOf('bytea', values.length, bytes)
  let to = 20
  for (const value of values) {
    array.writeInt32BE(value.length, to)
    value.copy(array, to + 4)
    to += 4 + value.length
  }
  return array
}

/** `timestamptz[]` of times in epoch ms. */
export function timeArray(times: readonly number[]): Buffer {
  const array = arrayOf('timestamptz', times.length, times.length * 8)
  for (const [i, ms] of times.entries()) {
    array.writeInt32BE(8, 20 + i * 12)
    array.writeBigInt64BE(BigInt(ms - epochMs) * 1000n, 24 + i * 12)
  }
  return array
}
