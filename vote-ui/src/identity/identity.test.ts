/** The rules of a link that vouches for a voter. */
import { expect, test } from 'vitest'
import { memoryStorage } from '../../../contracts/client-storage.ts'
import { makeIdentity, tokenIn } from './identity.ts'

const soon = () => new Promise((resolve) => setTimeout(resolve))
const refused = Object.assign(new Error('refused'), {
  data: { httpStatus: 401, reason: 'identity-refused' },
})

/** An identity whose tokens are judged by hand. */
function shown(storage = memoryStorage()) {
  const asked: { token: string; pass: () => void; fail: (error: Error) => void }[] = []
  const heard = { verified: 0 }
  const identity = makeIdentity({
    verify: (token) =>
      new Promise<void>((resolve, reject) => asked.push({ token, pass: resolve, fail: reject })),
    onVerified: () => void heard.verified++,
    rest: () => Promise.resolve(),
    storage,
  })
  return { identity, asked, heard }
}

test('U48 only a fragment of its own is a token', () => {
  expect(tokenIn('#identity=test.YW5h.mac')).toBe('test.YW5h.mac')
  expect(tokenIn('#identity=')).toBeNull()
  expect(tokenIn('#other')).toBeNull()
  expect(tokenIn('')).toBeNull()
})

test('U49 a token that is shown twice is asked for once, and its answer told', async () => {
  const { identity, asked, heard } = shown()
  identity.show('t')
  identity.show('t')
  expect(asked).toHaveLength(1)
  expect(identity.state()).toBe('asking')
  asked[0]?.pass()
  await soon()
  expect([identity.state(), heard.verified]).toEqual(['verified', 1])
})

test('U50 a refused token is told and may be shown again; one without an answer is asked for until there is one', async () => {
  const { identity, asked, heard } = shown()
  identity.show('t')
  asked[0]?.fail(new Error('no line'))
  await soon()
  expect(identity.state()).toBe('unreachable')
  expect(asked).toHaveLength(2)
  asked[1]?.fail(refused)
  await soon()
  expect([identity.state(), heard.verified]).toEqual(['refused', 0])
  identity.show('t')
  expect(asked).toHaveLength(3)
})

test('U51 a later token takes the place of the one before it', async () => {
  const { identity, asked } = shown()
  identity.show('a')
  identity.show('b')
  asked[1]?.pass()
  asked[0]?.fail(refused)
  await soon()
  expect(identity.state()).toBe('verified')
})

test('U60 a token without an answer outlives the page, one with an answer does not', async () => {
  const storage = memoryStorage()
  shown(storage).identity.show('t')
  const later = shown(storage)
  later.identity.resume()
  expect(later.asked.map(({ token }) => token)).toEqual(['t'])
  later.asked[0]?.pass()
  await soon()
  const last = shown(storage)
  last.identity.resume()
  expect(last.asked).toHaveLength(0)
  last.identity.show('u')
  last.asked[0]?.fail(refused)
  await soon()
  last.identity.resume()
  expect(last.asked).toHaveLength(1)
})
