/** The rules of what is known to be left. */
import { expect, test } from 'vitest'
import type { Allowance, VoteAnswer } from '../../../contracts/vote.ts'
import { makeAllowances } from './allowances.ts'

const box = { pollId: 'p', boxId: 'fans', isOnly: true, voters: 'device' } as const
const receipt = { batchId: '0199a3f2-71c4-7b02-9e11-c41d88f0a2b7', position: 0 }
const accepted = (remaining: number | null): VoteAnswer => ({
  accepted: true,
  voteId: 'v',
  acceptedAt: '2026-01-01T00:00:00.000Z',
  remaining,
  receipt,
})
const allowance = (remaining: number, nextAt: string | null = null): Allowance => ({
  hasVoted: true,
  boxes: [{ boxId: 'fans', mayVote: true, remaining, nextAt }],
})
const soon = () => new Promise((resolve) => setTimeout(resolve))

/** A gateway that is asked, and answers by hand. */
function asked() {
  const answers: { answer: (its: Allowance) => void; fail: () => void }[] = []
  const ask = () =>
    new Promise<Allowance>((resolve, reject) => {
      answers.push({ answer: resolve, fail: () => reject(new Error('no line')) })
    })
  return { answers, allowances: makeAllowances({ ask, now: () => 1_000, rest: () => Promise.resolve() }) }
}

test('U44 each answer tells what is left; the last vote of a window asks when the next is possible', async () => {
  const { answers, allowances } = asked()
  allowances.learn(box, accepted(6))
  expect(allowances.of(box)).toEqual({ mayVote: true, remaining: 6, nextAtMs: null, asOfMs: 1_000 })
  expect(answers).toHaveLength(0)
  allowances.learn(box, accepted(0))
  expect(answers).toHaveLength(1)
  answers[0]?.answer(allowance(0, '1970-01-01T00:00:42.000Z'))
  await soon()
  expect(allowances.of(box)).toMatchObject({ remaining: 0, nextAtMs: 42_000 })
  expect(allowances.hasVoted('p')).toBe(true)
})

test('U45 a limit that is reached says until when', () => {
  const { allowances } = asked()
  const retryAt = '1970-01-01T00:00:42.000Z'
  allowances.learn(box, { accepted: false, reason: 'limit-reached', message: '', retryAt })
  expect(allowances.of(box)).toMatchObject({ remaining: 0, nextAtMs: 42_000 })
})

test('U46 an answer that was on its way while a vote was judged is asked for again, not believed', async () => {
  const { answers, allowances } = asked()
  allowances.ask('p')
  allowances.learn(box, accepted(5))
  answers[0]?.answer(allowance(6))
  await soon()
  expect(allowances.of(box)).toMatchObject({ remaining: 5 })
  expect(answers).toHaveLength(2)
  answers[1]?.answer(allowance(5))
})

test('U47 a question without an answer is asked again; a new identity asks for every poll that was asked for', async () => {
  const { answers, allowances } = asked()
  allowances.ask('p')
  answers[0]?.fail()
  await soon()
  expect(answers).toHaveLength(2)
  answers[1]?.answer(allowance(3))
  await soon()
  allowances.askAll()
  expect(answers).toHaveLength(3)
})

test('U61 of whoever was verified before, nothing is known of the next, and no late answer says otherwise', async () => {
  const { answers, allowances } = asked()
  allowances.ask('p')
  answers[0]?.answer(allowance(0))
  await soon()
  allowances.ask('p')
  allowances.forget()
  allowances.askAll()
  expect([allowances.of(box), allowances.hasVoted('p')]).toEqual([null, false])
  answers[1]?.answer(allowance(0))
  await soon()
  expect([allowances.of(box), allowances.hasVoted('p')]).toEqual([null, false])
  answers[2]?.answer({ ...allowance(1), hasVoted: false })
  await soon()
  expect([allowances.of(box)?.remaining, allowances.hasVoted('p')]).toEqual([1, false])
})
