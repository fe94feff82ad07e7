/** The rules of a receipt as text. */
import { expect, test } from 'vitest'
import { readReceiptText } from './read-receipt.ts'
import { receiptFile, receiptLink, receiptText } from './receipt-text.ts'

const vote = {
  pollId: '01980000-0000-7000-8000-000000000001',
  voteId: '01980000-0000-7000-8000-000000000002',
  box: 'audience',
  optionId: 'samba',
  receipt: {
    batchId: '01980000-0000-7000-8000-000000000003',
    position: 17,
    path: `l${'A'.repeat(43)}`,
    signature: 'B'.repeat(86),
    keyId: 'C'.repeat(16),
  },
}

test('RT1 a receipt comes back whole from its text, its link, and its file with more in it', () => {
  expect(readReceiptText(receiptText(vote))).toEqual(vote)
  expect(readReceiptText(` https://votes.example${receiptLink(vote)}\n`)).toEqual(vote)
  expect(readReceiptText(receiptFile(vote, { question: 'Which dance?' }))).toEqual(vote)
  const broken = receiptText(vote)
  expect(readReceiptText(`${broken.slice(0, 76)}\n${broken.slice(76)}`)).toEqual(vote)
  const { batchId, position } = vote.receipt
  const bare = { ...vote, receipt: { batchId, position } }
  expect(readReceiptText(receiptText(bare))).toEqual(bare)
})

test('RT2 its text is the same for the same vote, whatever order its parts came in', () => {
  const turned = { ...Object.fromEntries(Object.entries(vote).reverse()), other: 1 }
  expect(receiptText(turned as unknown as typeof vote)).toBe(receiptText(vote))
  expect(receiptText(vote)).toMatch(/^[A-Za-z0-9_-]+$/)
})

test('RT3 what is no receipt is none, and nothing throws', () => {
  const text = receiptText(vote)
  const without = (key: string) =>
    JSON.stringify(Object.fromEntries(Object.entries(vote).filter(([name]) => name !== key)))
  for (const other of [
    ...['', ' ', 'hello', '{', '{}', 'null', '#', '%%%', 'é', text.slice(1), text.slice(0, -40)],
    ...['pollId', 'voteId', 'box', 'optionId', 'receipt'].map(without),
    JSON.stringify({ ...vote, receipt: { ...vote.receipt, position: -1 } }),
    JSON.stringify({ ...vote, pollId: 'x' }),
    'A'.repeat(100_001),
  ])
    expect(readReceiptText(other), other.slice(0, 60)).toBeNull()
})
