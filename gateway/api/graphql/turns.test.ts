/** Rules of the turns in which long work is done. */
import { expect, test } from 'vitest'
import { makeTurns } from './turns.ts'

const turn = () => new Promise(setImmediate)

test('L40 work that is never done does not keep other work from its turns', async () => {
  const turns = makeTurns(10)
  const steps = { endless: 0, short: 0 }
  let stopped = false
  turns.run({
    isDone: () => stopped,
    step(most) {
      steps.endless += most
      return most
    },
  })
  turns.run({
    isDone: () => steps.short >= 25,
    step(most) {
      const some = Math.min(most, 25 - steps.short)
      steps.short += some
      return some
    },
  })
  while (steps.short < 25) await turn()
  stopped = true
  expect(steps.endless).toBeGreaterThan(10)
})

test('L41 one turn does no more than it may, whatever waits', async () => {
  const turns = makeTurns(10)
  const inThisTurn: number[] = []
  let sum = 0
  for (let i = 0; i < 5; i++) {
    let left = 4
    turns.run({
      isDone: () => left === 0,
      step(most) {
        const some = Math.min(most, left)
        left -= some
        sum += some
        return some
      },
    })
  }
  while (sum < 20) {
    const before = sum
    await turn()
    inThisTurn.push(sum - before)
  }
  expect(inThisTurn.filter((count) => count > 0)).toEqual([10, 10])
})
