/** The law of the hidden poll: what is told of one poll is what it would be if there were no other. */
import { expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { ledgerContentShape } from '../../contracts/ledger.ts'
import type { Poll } from '../../contracts/poll.ts'
import { untilCounted } from '../counts.ts'
import { startHouse, voterAt } from '../house.ts'

it('HP1 the rows and receipts of a poll count no vote of another one that shares its batches', async () => {
  await using house = await startHouse()
  const door = await house.gateway()
  const [shown, hidden] = [await house.openPoll(door), await house.openPoll(door)]
  const voters = Array.from({ length: 120 }, () => voterAt(door))
  await Promise.all(voters.map((voter) => voter.startSession()))
  const places = new Map<string, number[]>()
  await Promise.all(
    voters.map(async (voter, i) => {
      const { pollId } = i % 4 === 0 ? shown : hidden
      const answer = await voter.cast({ pollId, optionId: 'samba', voteId: uuidv7() })
      if (!answer.accepted) throw new Error(answer.reason)
      const { batchId, position } = answer.receipt
      const name = `${batchId}/${pollId}`
      places.set(name, [...(places.get(name) ?? []), position])
    }),
  )
  await house.workers()
  const rowsOf = async ({ pollId }: Poll, votes: number) => {
    await untilCounted(house, pollId, votes)
    const rows = await house.rows<{ content: Buffer }>(
      'select content from ledger join polls using (poll_no) where poll_id = $1 order by batch_id',
      [pollId],
    )
    return rows.map(({ content }) => ledgerContentShape.parse(JSON.parse(content.toString())))
  }
  const [rows, others] = [await rowsOf(shown, 30), await rowsOf(hidden, 90)]
  const shared = new Set(others.map(({ batchId }) => batchId))
  expect(rows.some(({ batchId }) => shared.has(batchId))).toBe(true)

  for (const of of [rows, others]) {
    const upTo = new Map<string, number>()
    for (const { batchId, pollId, run, runAccepted, votes } of of) {
      const numbers = votes.map((_, i) => i)
      expect(votes.map(([position]) => position)).toEqual(numbers)
      expect(places.get(`${batchId}/${pollId}`)?.sort((a, b) => a - b)).toEqual(numbers)
      expect(runAccepted).toBe((upTo.get(run) ?? 0) + votes.length)
      upTo.set(run, runAccepted)
    }
    expect([...upTo.values()].reduce((sum, n) => sum + n, 0)).toBe(of === rows ? 30 : 90)
  }
})
