/** Puts votes in one order of their keys, whoever stores them: two workers with the same votes never wait in a circle. */

/**
 * The indices of 16-byte keys in the order of their last four bytes, then of the whole; equal ones stay as they came.
 * The last bytes are chance in every kind of key, so that the one sort of numbers nearly always decides.
 */
export function inKeyOrder(keys: Buffer, size: number): Uint32Array {
  const ranks = new Float64Array(size)
  // 32 bits of key before 21 bits of index: exact in a double up to 2 million votes.
  for (let i = 0; i < size; i++) ranks[i] = keys.readUInt32BE(i * 16 + 12) * 0x200000 + i
  ranks.sort()
  const order = new Uint32Array(size)
  let runStart = 0
  let runOf = -1
  for (let i = 0; i < size; i++) {
    const rank = ranks[i] ?? 0
    const last = Math.floor(rank / 0x200000)
    order[i] = rank - last * 0x200000
    if (last === runOf) continue
    sortRun(keys, order, runStart, i)
    runStart = i
    runOf = last
  }
  sortRun(keys, order, runStart, size)
  return order
}

function sortRun(keys: Buffer, order: Uint32Array, from: number, to: number): void {
  if (to - from < 2) return
  const at = (i: number) => keys.subarray(i * 16, i * 16 + 16)
  order.subarray(from, to).sort((a, b) => Buffer.compare(at(a), at(b)) || a - b)
}
