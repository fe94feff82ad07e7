/** PT: the package's own types and texts are those of the contracts. */
import { readFileSync } from 'node:fs'
import { buildSchema, parse, validate } from 'graphql'
import { expect, expectTypeOf, test } from 'vitest'
import type { Tally as TallyType } from '../generated/resolvers.ts'
import type { ClientStorage } from '../client-storage.ts'
import type { Choice } from '../client.ts'
import type { KeptVote } from '../kept-votes.ts'
import type { Line } from '../live.ts'
import type { BallotBox, Poll } from '../poll.ts'
import type { Allowance, Receipt, Session, VoteAnswer, VotePlace, VoteStatus } from '../vote.ts'
import type * as its from './types.ts'
import { tallyDocument } from './tally-document.ts'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

test('PT1 what the package declares is what the contracts declare, to the field', () => {
  expectTypeOf<its.Session>().toEqualTypeOf<Session>()
  expectTypeOf<its.Poll>().toEqualTypeOf<Poll>()
  expectTypeOf<its.BallotBox>().toEqualTypeOf<BallotBox>()
  expectTypeOf<its.VotePlace>().toEqualTypeOf<VotePlace>()
  expectTypeOf<Pick<its.Receipt, keyof its.Receipt>>().toEqualTypeOf<Pick<Receipt, keyof Receipt>>()
  expectTypeOf<its.VoteAnswer>().toExtend<VoteAnswer>()
  expectTypeOf<VoteAnswer>().toExtend<its.VoteAnswer>()
  expectTypeOf<Omit<VoteStatus, 'proof'>>().toExtend<its.VoteStatus>()
  expectTypeOf<keyof its.VoteStatus>().toEqualTypeOf<Exclude<keyof VoteStatus, 'proof'>>()
  expectTypeOf<its.Allowance>().toEqualTypeOf<Allowance>()
  expectTypeOf<its.Choice>().toEqualTypeOf<Choice>()
  expectTypeOf<its.KeptVote>().toExtend<KeptVote>()
  expectTypeOf<keyof its.KeptVote>().toEqualTypeOf<keyof KeptVote>()
  expectTypeOf<its.Line>().toEqualTypeOf<Line>()
  expectTypeOf<its.VoterStorage>().toEqualTypeOf<ClientStorage>()
  // All of a tally but the weighted result, which is worked out for each question.
  expectTypeOf<keyof its.Tally>().toEqualTypeOf<Exclude<keyof TallyType, 'result' | '__typename'>>()
})

test('PT2 the subscription is one that the schema has', () => {
  expect(validate(buildSchema(read('../schema.graphql')), parse(tallyDocument))).toEqual([])
})

test('PT3 the package has the version of the house, which its README installs', () => {
  const { version } = JSON.parse(read('package.json'))
  expect(version).toBe(JSON.parse(read('../../package.json')).version)
  expect(read('README.md')).toContain(`npm install ./urna-client-${version}.tgz `)
})
