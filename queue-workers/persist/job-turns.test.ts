/** Rules of the turns in which jobs are let go. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { makeJobTurns } from './job-turns.ts'

const done = () => Promise.resolve()

/** Lets timers of this many ms run, and all that follows from them. */
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

function start() {
  const slots: number[] = []
  const gone: string[] = []
  const turns = makeJobTurns({ pauseMs: 50, enough: 1_000, mostJobs: 8, setSlots: (now) => slots.push(now) })
  const take = (name: string, votes = 10, work = done) =>
    void turns.take(votes, work).then(() => gone.push(name))
  turns.drained()
  return { turns, slots, gone, take }
}

describe('job turns', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('T1 after a quiet time a job is let go at once, the next ones together 50 ms later', async () => {
    const { take, gone } = start()
    take('first')
    await pass(1)
    expect(gone).toEqual(['first'])
    take('second')
    await pass(30)
    take('third')
    await pass(15)
    expect(gone).toEqual(['first'])
    await pass(10)
    expect(gone).toEqual(['first', 'second', 'third'])
  })

  it('T2 enough votes make a turn at once', async () => {
    const { take, gone } = start()
    take('first')
    await pass(1)
    take('second', 400)
    take('third', 600)
    await pass(6) // they wait 5 ms for company
    expect(gone).toEqual(['first', 'second', 'third'])
  })

  it('T3 a worker may hold twice as many while it always gets more, and only what it holds when there is no more', async () => {
    const { take, turns, slots } = start()
    take('first')
    await pass(1)
    expect(slots).toEqual([])
    for (const name of ['second', 'third', 'fourth']) take(name)
    expect(slots).toEqual([2, 4])
    take('fifth')
    expect(slots).toEqual([2, 4, 8])
    turns.drained()
    expect(slots.at(-1)).toBe(4)
    await pass(60)
    turns.drained()
    expect(slots.at(-1)).toBe(1)
  })

  it('T4 a job whose work fails leaves at once, and takes no place', async () => {
    const { turns, slots } = start()
    const fault = new Error('cannot be stored')
    const taken = expect(turns.take(10, () => Promise.reject(fault))).rejects.toBe(fault)
    await pass(1)
    await taken
    turns.drained()
    expect(slots).toEqual([])
  })
})
