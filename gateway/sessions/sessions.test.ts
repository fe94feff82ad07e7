/** The rules of sessions and voter keys. */
import { expect, it } from 'vitest'
import { makeSessions } from './session-tokens.ts'
import { makeVoterKey } from './voter-key.ts'

const secret = 'a secret of at least thirty-two characters'
const at = (now: number, of = secret) => makeSessions({ secret: of, liveForMs: 60_000, now: () => now })

it('SE1 a session is genuine until its end, and says when that is', () => {
  const { token, expiresAt } = at(1_000_000).start(null)
  expect(Date.parse(expiresAt)).toBe(1_060_000)
  expect(at(1_059_000).read(token)).toMatchObject({ genuine: true })
  expect(at(1_060_000).read(token)).toEqual({ genuine: false, reason: 'session-expired' })
})

it('SE2 a token that was changed, cut, or made under another secret is forged', () => {
  const { token } = at(0).start(null)
  const bytes = Buffer.from(token, 'base64url')
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] ?? 0) ^ 1
    expect(at(0).read(changed.toString('base64url'))).toEqual({ genuine: false, reason: 'session-forged' })
  }
  expect(at(0).read(token.slice(1))).toMatchObject({ reason: 'session-forged' })
  expect(at(0, `${secret}, another`).read(token)).toMatchObject({ reason: 'session-forged' })
  expect(at(0).read('')).toMatchObject({ reason: 'session-missing' })
})

it('SE3 a session that is renewed keeps its voter, also after its end; a forged one begins anew', () => {
  const first = at(0).start(null)
  const later = at(90_000).start(first.token)
  const idOf = (token: string, now: number) => {
    const read = at(now).read(token)
    return read.genuine ? read.voter.deviceId : null
  }
  expect(idOf(later.token, 90_001)).toBe(idOf(first.token, 1))
  expect(idOf(at(0).start('forged').token, 1)).not.toBe(idOf(first.token, 1))
})

it('SE4 a voter has another key in each poll, kind and key version, and the same one each time', () => {
  const key = makeVoterKey(secret)
  const keys = [
    key(1, 'poll-a', 'device', 'x'),
    key(1, 'poll-b', 'device', 'x'),
    key(2, 'poll-a', 'device', 'x'),
    key(1, 'poll-a', 'verified', 'x'),
    key(1, 'poll-a', 'device', 'y'),
  ]
  expect(new Set(keys).size).toBe(keys.length)
  expect(key(1, 'poll-a', 'device', 'x')).toBe(keys[0])
  expect(keys.every((it) => /^[0-9a-f]{32}$/.test(it))).toBe(true)
})
