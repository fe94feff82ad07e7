/** The rules of telling an outage. */
import { expect, test } from 'vitest'
import { tellOutage } from './tell-outage.ts'

test('TO1 a thousand faults are two lines: the first with its error, and how many they were when it works again', () => {
  const lines: unknown[] = []
  const note = (about: unknown, says?: string) => void lines.push([says, about])
  let now = 0
  const outage = tellOutage({ warn: note }, { gone: 'away', back: 'back' }, () => now)
  outage.works()
  const first = new Error('no answer')
  outage.failed(first, { lane: 0 })
  for (; now < 900; now++) outage.failed(new Error('no answer'))
  // What works for one while it fails for another is not back.
  outage.works()
  now += 1_000
  outage.works()
  outage.works()
  expect(lines).toEqual([
    ['away', { lane: 0, err: first }],
    ['back', { failed: 901, forMs: 899 }],
  ])
  outage.failed(first)
  expect(lines).toHaveLength(3)
})

test('TO2 another fault is not hidden by one that lasts, nor is one that lasts forgotten', () => {
  const lines: string[] = []
  const note = (about: { err?: Error }) => void lines.push(about.err?.message ?? 'back')
  let now = 0
  const outage = tellOutage({ warn: note }, { gone: 'away', back: 'back' }, () => now)
  for (; now < 61_000; now += 100) outage.failed(new Error(now < 30_000 || now > 30_050 ? 'lasts' : 'other'))
  expect(lines).toEqual(['lasts', 'other', 'lasts'])
  for (const name of ['a', 'b', 'c']) outage.failed(new Error(name))
  expect(lines).toHaveLength(4)
})
