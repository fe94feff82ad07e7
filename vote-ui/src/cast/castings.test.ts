/** The rules of sending a device's votes. */
import { expect, test } from 'vitest'
import type { KeptVote } from '../../../contracts/client.ts'
import type { VoteAnswer } from '../../../contracts/vote.ts'
import { makeCastings } from './castings.ts'

const receipt = { batchId: '0199a3f2-71c4-7b02-9e11-c41d88f0a2b7', position: 0 }
const p = { pollId: 'p', boxId: 'audience', isOnly: true }
const acceptedAt = '2026-01-01T00:00:00.000Z'
const accepted: VoteAnswer = { accepted: true, voteId: 'v', acceptedAt, remaining: 0, receipt }

/** A device whose casts are answered by hand. */
function device(kept: KeptVote | null = null) {
  const memory = { vote: kept }
  const casts: { optionId: string; signal: AbortSignal | undefined; answer: (answer: VoteAnswer) => void }[] =
    []
  const castings = makeCastings({
    keptVote: () => memory.vote,
    isOnline: () => true,
    cast: ({ optionId }, signal) => {
      memory.vote = { voteId: 'v', optionId }
      return new Promise((resolve) => casts.push({ optionId, signal, answer: resolve }))
    },
  })
  return { castings, casts, memory }
}
const soon = () => new Promise((resolve) => setTimeout(resolve))

test('U20 a double click casts once', async () => {
  const { castings, casts } = device()
  castings.choose(p, 'a')
  castings.confirm(p)
  castings.confirm(p)
  expect(casts).toHaveLength(1)
  casts[0]?.answer(accepted)
  await soon()
  expect(castings.casting(p)).toMatchObject({ at: 'counted', optionId: 'a', receipt })
})

test('U21 a page that comes back in mid-flight sends what it remembers, once', () => {
  const { castings, casts } = device({ voteId: 'v', optionId: 'b' })
  expect(castings.casting(p).at).toBe('sending')
  castings.resume(p)
  castings.resume(p)
  expect(casts.map(({ optionId }) => optionId)).toEqual(['b'])
})

test('U22 when the line is back the waiting try is given up for a new one, whose answer alone counts', async () => {
  const { castings, casts } = device()
  castings.choose(p, 'a')
  castings.confirm(p)
  castings.silenced()
  castings.silenced()
  expect(castings.casting(p).at).toBe('offline')
  castings.wake()
  expect(casts).toHaveLength(2)
  expect(casts[0]?.signal?.aborted).toBe(true)
  casts[0]?.answer({ accepted: false, reason: 'poll-closed', message: '' })
  casts[1]?.answer(accepted)
  await soon()
  expect(castings.casting(p).at).toBe('counted')
})

test('U23 "already voted" shows the vote whose receipt the device still has', async () => {
  const { castings, casts, memory } = device()
  castings.choose(p, 'b')
  castings.confirm(p)
  memory.vote = { voteId: 'w', optionId: 'a', receipt }
  casts[0]?.answer({ accepted: false, reason: 'already-voted', message: '' })
  await soon()
  expect(castings.casting(p)).toMatchObject({ at: 'counted', optionId: 'a' })
})

test('U24 a vote that another tab brought home is counted here too', () => {
  const { castings, memory } = device()
  expect(castings.casting(p).at).toBe('choosing')
  memory.vote = { voteId: 'w', optionId: 'a', receipt }
  castings.recall()
  expect(castings.casting(p)).toMatchObject({ at: 'counted', optionId: 'a' })
})

test('U25 a fault that no retry mends is told as a refusal, never as silence', async () => {
  const castings = makeCastings({
    keptVote: () => null,
    isOnline: () => true,
    cast: () => Promise.reject(new Error('no room on the device')),
  })
  castings.choose(p, 'a')
  castings.confirm(p)
  await soon()
  expect(castings.casting(p)).toMatchObject({ at: 'refused', reason: 'unclear' })
})

test('U57 each ballot box of a poll has a vote of its own', async () => {
  const boxesCast: (string | undefined)[] = []
  const castings = makeCastings({
    keptVote: () => null,
    isOnline: () => true,
    cast: ({ box }) => {
      boxesCast.push(box)
      return Promise.resolve(accepted)
    },
  })
  const [verified, fans] = ['verified', 'fans'].map((boxId) => ({ pollId: 'p', boxId, isOnly: false }))
  castings.choose(verified!, 'a')
  castings.confirm(verified!)
  await soon()
  expect(castings.casting(verified!).at).toBe('counted')
  expect(castings.casting(fans!).at).toBe('choosing')
  castings.choose(fans!, 'b')
  castings.confirm(fans!)
  expect(boxesCast).toEqual(['verified', 'fans'])
})

test('U58 one vote more is asked for as another, and the last one stays told while it is under way', async () => {
  const asked: (boolean | undefined)[] = []
  const castings = makeCastings({
    keptVote: () => ({ voteId: 'v', optionId: 'a', acceptedAt, receipt }),
    isOnline: () => true,
    cast: ({ another }) => {
      asked.push(another)
      return new Promise(() => undefined)
    },
  })
  castings.confirm(p)
  expect(asked).toEqual([])
  castings.confirm(p, true)
  castings.confirm(p, true)
  expect(asked).toEqual([true])
  expect(castings.casting(p).at).toBe('sending')
  expect(castings.last(p)).toMatchObject({ voteId: 'v', optionId: 'a' })
})

test('U59 a limit with an end is waited for with the choice at hand; one without shows the last vote', async () => {
  const { castings, casts, memory } = device()
  castings.choose(p, 'a')
  castings.confirm(p, true)
  memory.vote = null
  const retryAt = '2026-01-01T00:01:00.000Z'
  casts[0]?.answer({ accepted: false, reason: 'limit-reached', message: '', retryAt })
  await soon()
  expect(castings.casting(p)).toEqual({ at: 'choosing', optionId: 'a' })
  castings.confirm(p, true)
  memory.vote = { voteId: 'w', optionId: 'b', receipt }
  casts[1]?.answer({ accepted: false, reason: 'limit-reached', message: '' })
  await soon()
  expect(castings.casting(p)).toMatchObject({ at: 'counted', optionId: 'b' })
})
