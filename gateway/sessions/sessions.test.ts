/** The rules of sessions and voter keys. */
import { expect, it } from 'vitest'
import { makeSessions } from './session-tokens.ts'
import { makeTestIdentity, readTestIdentity } from './test-identity.ts'
import { makeVerifiedId, makeVoterKey } from './voter-key.ts'

const secret = 'a secret of at least thirty-two characters'
const person = 'ab'.repeat(16)
const at = (now: number, of = secret) => makeSessions({ secret: of, liveForMs: 60_000, now: () => now })

it('SE1 a session is genuine until its end, and says when that is', () => {
  const { token, expiresAt } = at(1_000_000).start(null)
  expect(Date.parse(expiresAt)).toBe(1_060_000)
  expect(at(1_059_000).read(token)).toMatchObject({ genuine: true })
  expect(at(1_060_000).read(token)).toEqual({ genuine: false, reason: 'session-expired' })
})

it('SE2 a token that was changed, cut, or made under another secret is forged', () => {
  const { token } = at(0).start(null)
  const forged = { genuine: false, reason: 'session-forged' }
  for (const its of [token, at(0).verify(null, person).token]) {
    const bytes = Buffer.from(its, 'base64url')
    for (let i = 0; i < bytes.length; i++) {
      const changed = Buffer.from(bytes)
      changed[i] = (changed[i] ?? 0) ^ 1
      expect(at(0).read(changed.toString('base64url'))).toEqual(forged)
      expect(at(0).read(bytes.subarray(0, i).toString('base64url') || 'A')).toEqual(forged)
    }
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

it('SE5 a session that is verified keeps its device, and its identity until it ends; renewed in time, longer', () => {
  const voterOf = (token: string, now: number) => {
    const read = at(now).read(token)
    return read.genuine ? read.voter : null
  }
  const plain = at(0).start(null)
  const device = voterOf(plain.token, 1)
  expect(device).not.toBeNull()
  const verified = at(10_000).verify(plain.token, person)
  expect(voterOf(verified.token, 69_999)).toEqual({ ...device, verifiedId: person })
  expect(Date.parse(verified.expiresAt)).toBe(70_000)
  const renewed = at(60_000).start(verified.token)
  expect(voterOf(renewed.token, 119_999)).toEqual({ ...device, verifiedId: person })
  expect(voterOf(at(70_000).start(verified.token).token, 70_001)).toEqual(device)
  expect(voterOf(at(80_000).verify(plain.token, person).token, 80_001)).toMatchObject({
    deviceId: device?.deviceId,
  })
})

it('SE6 a test identity is read to the letter: changed, cut, prolonged or of another secret it names nobody', () => {
  for (const name of ['ana', 'Zo\u00e9 \ud83d\udde3 \u05d0', 'x'.repeat(1_000)]) {
    const token = makeTestIdentity(secret, name)
    expect(token).toMatch(/^[\w.-]+$/)
    expect(readTestIdentity(secret, token)).toBe(name)
    expect(readTestIdentity(`${secret}!`, token)).toBeNull()
    const [kind, nameText, mac] = token.split('.')
    for (let i = 0; i < Math.min(token.length, 120); i++) {
      const other = token[i] === 'A' ? 'B' : 'A'
      expect(readTestIdentity(secret, token.slice(0, i) + other + token.slice(i + 1))).toBeNull()
      expect(readTestIdentity(secret, token.slice(0, i))).toBeNull()
    }
    for (const like of [
      `${token}=`,
      `${token}.`,
      ` ${token}`,
      `${kind}.${nameText}=.${mac}`,
      `TEST.${nameText}.${mac}`,
    ])
      expect(readTestIdentity(secret, like)).toBeNull()
  }
  for (const nothing of ['', '.', '..', 'test', 'test..', makeTestIdentity(secret, '')])
    expect(readTestIdentity(secret, nothing)).toBeNull()
})

it('SE7 a person has one id, whoever asks and however often, and another under another secret', () => {
  const ids = [
    makeVerifiedId(secret)('ana'),
    makeVerifiedId(secret)('bia'),
    makeVerifiedId(`${secret}!`)('ana'),
  ]
  expect(new Set(ids).size).toBe(3)
  expect(makeVerifiedId(secret)('ana')).toBe(ids[0])
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
})
