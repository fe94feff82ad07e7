/** Rules of the gateway's settings: who may be whom is never a matter of chance. */
import { expect, test } from 'vitest'
import { readConfig } from './config.ts'

const secret = 'a secret of at least thirty-two characters'
const settings = {
  DATABASE_URL: 'postgres://there/urna',
  REDIS_URL: 'redis://there',
  SESSION_SECRET: secret,
  VOTER_SECRET: secret,
  ADMIN_TOKEN: 'a-token-of-the-moderators',
  SIGNING_KEY: Buffer.alloc(32).toString('base64url'),
}
const refused = 'TEST_IDENTITY_SECRET: must not be set in production: whoever knows it can vote as anyone'

test('CF1 production takes no test identities, and says so before it starts', () => {
  const production = { ...settings, NODE_ENV: 'production' }
  expect(readConfig(production).testIdentitySecret).toBeNull()
  expect(readConfig({ ...production, TEST_IDENTITY_SECRET: '' }).testIdentitySecret).toBeNull()
  expect(() => readConfig({ ...production, TEST_IDENTITY_SECRET: secret })).toThrow(refused)
  // Beside what else is wrong: nobody has to mend it problem by problem.
  const worse = { ...production, TEST_IDENTITY_SECRET: secret, VOTER_SECRET: 'short', SIGNING_KEY: 'short' }
  expect(() => readConfig(worse)).toThrow(refused)
  expect(() => readConfig(worse)).toThrow('VOTER_SECRET: must have at least 32 characters')
  expect(() => readConfig(worse)).toThrow('SIGNING_KEY: must be 32 random bytes in base64url: 43 characters')
})

test('CF2 elsewhere test identities are taken where a secret is set for them, and it is no short one', () => {
  expect(readConfig(settings).testIdentitySecret).toBeNull()
  expect(readConfig({ ...settings, TEST_IDENTITY_SECRET: secret }).testIdentitySecret).toBe(secret)
  expect(() => readConfig({ ...settings, TEST_IDENTITY_SECRET: 'short' })).toThrow(
    'TEST_IDENTITY_SECRET: must have at least 32 characters',
  )
})
