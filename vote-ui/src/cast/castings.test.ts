/** The rules of sending a device's votes. */
import { expect, test } from 'vitest'
import type { KeptVote } from '../../../contracts/kept-votes.ts'
import type { VoteAnswer } from '../../../contracts/vote.ts'
import { makeCastings } from './castings.ts'

const receipt = { batchId: '0199a3f2-71c4-7b02-9e11-c41d88f0a2b7', position: 0 }
const p = { pollId: 'p', boxId: 'audience', isOnly: true, voters: 'device' } as const
const acceptedAt = '2026-01-01T00:00:00.000Z'
const accepted: VoteAnswer = { accepted: true, voteId: 'v', acceptedAt, remaining: 0, receipt }

/** A device whose casts are answered by hand. */
function device(kept: KeptVote | null = null) {
  const memory: { vote: KeptVote | null; besides: KeptVote[] } = { vote: kept, besides: [] }
  const casts: {
    voteId: string | undefined
    optionId: string
    signal: AbortSignal | undefined
    answer: (answer: VoteAnswer) => void
  }[] = []
  const castings = makeCastings({
    keptVote: () => memory.vote,
    unansweredVotes: () => memory.besides,
    isOnline: () => true,
    cast: ({ voteId, optionId }, signal) => {
      memory.vote = { voteId: voteId ?? 'v', optionId }
      return new Promise((resolve) => casts.push({ voteId, optionId, signal, answer: resolve }))
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
    unansweredVotes: () => [],
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
    unansweredVotes: () => [],
    isOnline: () => true,
    cast: ({ box }) => {
      boxesCast.push(box)
      return Promise.resolve(accepted)
    },
  })
  const [verified, fans] = ['verified', 'fans'].map((boxId) => ({
    ...{ pollId: 'p', boxId, isOnly: false, voters: 'device' as const },
  }))
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
    unansweredVotes: () => [],
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

test('U62 a vote of another tab replaces no choice and hides no refusal: it is told as the last one', async () => {
  const { castings, casts, memory } = device()
  castings.choose(p, 'a')
  memory.vote = { voteId: 'w', optionId: 'b', acceptedAt, receipt }
  castings.recall()
  expect(castings.casting(p)).toEqual({ at: 'choosing', optionId: 'a' })
  expect(castings.last(p)).toMatchObject({ voteId: 'w' })
  castings.confirm(p, true)
  casts[0]?.answer({ accepted: false, reason: 'poll-closed', message: '' })
  await soon()
  memory.vote = { voteId: 'x', optionId: 'c', acceptedAt, receipt }
  castings.recall()
  expect(castings.casting(p)).toMatchObject({ at: 'refused', reason: 'poll-closed' })
  expect(castings.last(p)).toMatchObject({ voteId: 'x' })
})

test('U63 when the line is back each tab sends its own vote, whatever another kept since', () => {
  const { castings, casts, memory } = device()
  castings.choose(p, 'a')
  castings.confirm(p)
  memory.vote = { voteId: 'w', optionId: 'b' }
  castings.wake()
  expect(casts.map(({ voteId, optionId }) => [voteId, optionId])).toEqual([
    [undefined, 'a'],
    ['v', 'a'],
  ])
})

test('U64 a vote that another page left without an answer goes out once beside what this one shows', async () => {
  const { castings, casts, memory } = device({ voteId: 'v', optionId: 'a', acceptedAt, receipt })
  memory.besides = [{ voteId: 'w', optionId: 'b' }]
  castings.resume(p)
  castings.resume(p)
  expect(casts.map(({ voteId }) => voteId)).toEqual(['w'])
  memory.besides = []
  memory.vote = { voteId: 'w', optionId: 'b', acceptedAt, receipt }
  casts[0]?.answer({ ...accepted, voteId: 'w' })
  await soon()
  expect(castings.last(p)).toMatchObject({ voteId: 'w' })
})

test('U65 a vote that is not found any more is sent again under its voteId, also while the next is being chosen', () => {
  const { castings, casts } = device({ voteId: 'w', optionId: 'b', acceptedAt, receipt })
  castings.choose(p, 'a', true)
  castings.sendAgain(p)
  castings.sendAgain(p)
  expect(casts.map(({ voteId, optionId }) => [voteId, optionId])).toEqual([['w', 'b']])
  expect(castings.casting(p)).toMatchObject({ at: 'sending', optionId: 'b' })
})

test('U66 who is verified next sees nothing of the one before, whose vote under way is not sent for them', () => {
  const verified = { ...p, voters: 'verified' } as const
  const { castings, casts, memory } = device()
  castings.choose(verified, 'a')
  castings.confirm(verified)
  memory.vote = null
  castings.changePerson()
  expect(casts[0]?.signal?.aborted).toBe(true)
  expect(castings.casting(verified)).toEqual({ at: 'choosing', optionId: null })
  castings.wake()
  expect(casts).toHaveLength(1)
})
