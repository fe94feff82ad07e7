/** What the model's judge calls legal: every order that parallel votes may have, and nothing beside it. */
import { describe, expect, it } from 'vitest'
import { explain, type Heard } from './explain.ts'
import type { Rules, Verdict } from './model.ts'

const twoASecond: Rules = {
  boxes: [
    { voters: 'device', limit: { votes: 2, perSeconds: 1 } },
    { voters: 'device', limit: null },
  ],
  endsAt: 10_000,
}
const yes = (at: number, remaining: number | null = null): Verdict => ({ accepted: true, at, remaining })
const no = (reason: string, retryAt: number | null = null): Verdict => ({ accepted: false, reason, retryAt })

/** Ana's vote, sent and heard at these moments. */
function heard(
  voteId: string,
  [sentAt, heardAt]: readonly [number, number],
  verdict: Verdict,
  changes: Partial<Heard> = {},
): Heard {
  const vote = { key: 'Ana', voteId, box: 0, option: 0 }
  return { what: voteId, vote, sentAt, askedAt: sentAt, heardAt, verdict, ...changes }
}
const faultOf = (all: readonly Heard[], rules = twoASecond) => explain(rules, all).fault?.heard.what ?? null

describe('the judge of what was heard', () => {
  it('MB2 allows parallel votes every order that the model has', () => {
    const three = [
      heard('a', [100, 150], no('limit-reached', 1_120)),
      heard('b', [100, 150], yes(120, 0)),
      heard('c', [100, 150], yes(120, 1)),
    ]
    expect(explain(twoASecond, three).accepted.map(({ voteId }) => voteId)).toEqual(['c', 'b'])
    expect(faultOf(three)).toBeNull()
    // The same vote twice at once: one answer is of the vote, the other of its repeat, before or after the second.
    for (const told of [1, 0]) {
      const twice = [heard('a', [100, 150], yes(110, 1)), heard('a', [100, 150], yes(110, told))]
      expect(faultOf([...twice, heard('b', [100, 150], yes(130, 0))])).toBeNull()
    }
    // The answer to the first try was lost; by the time of the second the window had moved on.
    expect(faultOf([heard('a', [100, 1_600], yes(110, 2), { askedAt: 1_500 })])).toBeNull()
  })

  it('MB3 lets an edge decide to the millisecond, and an answer be of either side of it while it is asked for', () => {
    const both = [heard('a', [0, 20], yes(10, 1)), heard('b', [0, 20], yes(10, 0))]
    expect(faultOf([...both, heard('c', [1_000, 1_020], yes(1_010, 1))])).toBeNull()
    expect(faultOf([...both, heard('c', [1_000, 1_020], yes(1_009, 0))])).toBe('c')
    expect(faultOf([...both, heard('c', [1_009, 1_020], no('limit-reached', 1_010))])).toBeNull()
    expect(faultOf([...both, heard('c', [1_010, 1_020], no('limit-reached', 1_010))])).toBe('c')
    expect(faultOf([heard('a', [9_990, 10_010], yes(9_999, 1))])).toBeNull()
    expect(faultOf([heard('a', [9_990, 10_010], yes(10_000, 1))])).toBe('a')
    expect(faultOf([heard('a', [9_990, 9_999], no('poll-closed'))])).toBe('a')
  })

  it.each([
    ['a third vote in the window', [heard('c', [20, 30], yes(25, 0))]],
    ['a refusal with room left', [heard('c', [1_100, 1_120], no('limit-reached', 1_110))]],
    ['another time to come again', [heard('c', [20, 30], no('limit-reached', 1_011))]],
    ['another reason', [heard('c', [20, 30], no('already-voted'))]],
    ['a repeat that cost a vote', [heard('c', [1_100, 1_110], yes(1_105, 0))]],
    ['a repeat that is told too few', [heard('c', [500, 510], yes(10, 1), again('a'))]],
    ['a repeat that is accepted anew', [heard('c', [1_100, 1_110], yes(1_105, 1), again('a'))]],
    ['a limit shared by boxes', [heard('c', [20, 30], no('limit-reached', 1_010), inBox(1))]],
    ['an acceptance before it was sent', [heard('c', [1_100, 1_110], yes(1_099, 1))]],
  ])('MB4 finds %s', (_, wrong) => {
    const both = [heard('a', [0, 20], yes(10, 1)), heard('b', [0, 20], yes(10, 0))]
    expect(faultOf(both)).toBeNull()
    expect(faultOf([...both, ...wrong])).toBe('c')
  })
})

const again = (voteId: string) => ({ vote: { key: 'Ana', voteId, box: 0, option: 0 } })
const inBox = (box: number) => ({ vote: { key: 'Ana', voteId: 'c', box, option: 0 } })
