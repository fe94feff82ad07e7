/** Rules of how often a poll is looked at, and with which others. */
import { describe, expect, it } from 'vitest'
import { makePace } from './pace.ts'

describe('the pace', () => {
  it('RP8 looks each second at what is small, every 3 s at a million rows, every minute at what is over', () => {
    const pace = makePace<{ pollNo: number; isLive: boolean }>()
    const [small, large, over] = [1, 2, 3].map((pollNo) => ({ pollNo, isLive: pollNo < 3 }))
    if (small === undefined || large === undefined || over === undefined) throw new Error('three polls')
    const looks = { 1: 0, 2: 0, 3: 0 } as Record<number, number>
    for (let now = 0; now < 120_000; now += 1_000) {
      for (const poll of pace.due([small, large, over], now)) {
        looks[poll.pollNo] = (looks[poll.pollNo] ?? 0) + 1
        pace.looked(poll, poll === large ? 1_000_000 : 100, now)
      }
    }
    expect(looks).toEqual({ 1: 120, 2: 40, 3: 2 })
  })

  it('RP9 rests after a look that failed for as long as it took, and looks at the others', () => {
    const pace = makePace<{ pollNo: number; isLive: boolean }>()
    const [small, large] = [1, 2].map((pollNo) => ({ pollNo, isLive: true }))
    if (small === undefined || large === undefined) throw new Error('two polls')
    pace.failed([large], 20_000, 20_000)
    expect(pace.due([small, large], 39_000)).toEqual([small])
    expect(pace.due([small, large], 40_000)).toEqual([small, large])
    pace.looked(large, 100, 40_000)
    expect(pace.due([large], 41_000)).toEqual([large])
  })
})

describe('which polls are looked at together', () => {
  const polls = Array.from({ length: 9 }, (_, i) => ({ pollNo: i + 1, isLive: true }))
  const nosOf = (groups: readonly (readonly { pollNo: number }[])[]) =>
    groups.map((group) => group.map(({ pollNo }) => pollNo))

  it('RP15 are those that have a million rows in all, or one of more; of what failed each half, until one is alone', () => {
    const pace = makePace<{ pollNo: number; isLive: boolean }>()
    for (const [i, poll] of polls.entries()) pace.looked(poll, i === 4 ? 5_000_000 : 300_000, 0)
    expect(nosOf(pace.groups(polls))).toEqual([[1, 2, 3], [4], [5], [6, 7, 8], [9]])
    expect(pace.groups([])).toEqual([])

    // The second of eight cannot be looked at.
    const eight = polls.slice(0, 8)
    for (const poll of eight) pace.looked(poll, 10, 0)
    const rounds: number[][][] = []
    for (let round = 0; round < 5; round++) {
      const groups = pace.groups(eight)
      rounds.push(nosOf(groups))
      for (const group of groups) {
        if (group.some(({ pollNo }) => pollNo === 2)) pace.failed(group, 0, 0)
        else group.forEach((poll) => pace.looked(poll, 10, 0))
      }
    }
    expect(rounds).toEqual([
      [[1, 2, 3, 4, 5, 6, 7, 8]],
      [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
      ],
      [
        [5, 6, 7, 8],
        [1, 2],
        [3, 4],
      ],
      [[3, 4, 5, 6, 7, 8], [1], [2]],
      [[1, 3, 4, 5, 6, 7, 8], [2]],
    ])
  })
})
