/** Rules of what a poll may be made of, where the door's own tests of bad input do not reach. */
import { expect, it } from 'vitest'
import { createPollShape } from './poll.ts'

const boxesOf = (voters: 'device' | 'verified', ...limits: (number | null)[]) =>
  limits.map((votes, i) => ({
    ...{ boxId: `${voters}-${i}`, voters, weight: voters === 'device' && i === 0 ? 10_000 : 0 },
    limit: votes === null ? null : { votes, perSeconds: 60 },
  }))
const faultsOf = (boxes: ReturnType<typeof boxesOf>) =>
  createPollShape
    .safeParse({ question: 'Which?', options: ['A', 'B'], boxes })
    .error?.issues.map(({ message }) => message) ?? []

it('PO1 the limits of a poll allow a voter of each kind 100 votes together, and boxes without a limit any number', () => {
  expect(faultsOf([...boxesOf('device', 60, 40, null), ...boxesOf('verified', 99, 1)])).toEqual([])
  expect(faultsOf([...boxesOf('device', 1, null), ...boxesOf('verified', 60, 41)])).toEqual([
    'the limits of the boxes for verified voters allow 101 votes together; at most 100',
  ])
})
