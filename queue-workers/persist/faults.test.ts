/** PF: which faults are waited for, which reject a vote for ever, and which send a batch back to the queue. */
import {
  BackendTerminatedError,
  CheckIntegrityConstraintViolationError,
  ConnectionError,
  InvalidInputError,
  NotNullIntegrityConstraintViolationError,
  StatementTimeoutError,
  UniqueIntegrityConstraintViolationError,
} from 'slonik'
import { expect, test } from 'vitest'
import { isPassing } from './passing-fault.slonik.ts'
import { refusedFor } from './refused-vote.slonik.ts'
import { LeaseLost } from './shard-lease.slonik.ts'

/** As `pg` throws it. */
const fault = (code: string, constraint?: string): Error =>
  Object.assign(new Error(`SQLSTATE ${code}`), { code, ...(constraint !== undefined && { constraint }) })
const wrapped = (cause: Error): Error => new Error('a query failed', { cause })

test('PF1 what says that Postgres is away, full, locked or too slow is waited for, however deep it lies', () => {
  for (const code of [
    '08006',
    '25006',
    '25P03',
    '25P04',
    '28P01',
    '3D000',
    '40001',
    '53100',
    '55P03',
    '57P01',
    '58030',
  ]) {
    expect(isPassing(fault(code))).toBe(true)
    expect(isPassing(wrapped(wrapped(fault(code))))).toBe(true)
    expect(refusedFor(fault(code))).toBeNull()
  }
  for (const code of ['ECONNREFUSED', 'EPIPE']) expect(isPassing(wrapped(fault(code)))).toBe(true)
  for (const says of [
    'Connection terminated unexpectedly',
    'timeout expired',
    'The pool is ended, pool has been ended',
  ])
    expect(isPassing(wrapped(new Error(says)))).toBe(true)
  expect(isPassing(new ConnectionError('refused'))).toBe(true)
  expect(isPassing(new BackendTerminatedError(fault('57P01')))).toBe(true)
  expect(isPassing(new StatementTimeoutError(fault('57014')))).toBe(true)
})

test('PF2 a lease that was lost and a ledger row that another worker wrote first are tried again', () => {
  expect(isPassing(new LeaseLost({ shard: 3, epoch: 9 }))).toBe(true)
  for (const key of ['ledger_pkey', 'ledger_poll_no_shard_seq_key'])
    expect(isPassing(new UniqueIntegrityConstraintViolationError(fault('23505', key)))).toBe(true)
  expect(isPassing(new UniqueIntegrityConstraintViolationError(fault('23505', 'votes_pkey')))).toBe(false)
  expect(isPassing(new UniqueIntegrityConstraintViolationError(fault('23505')))).toBe(false)
})

test('PF3 a value that cannot be stored, or a constraint that its row breaks, rejects the vote by its code', () => {
  expect(refusedFor(new InvalidInputError('no such value'))).toBe('22P02')
  expect(refusedFor(fault('22003'))).toBe('22003')
  expect(refusedFor(new UniqueIntegrityConstraintViolationError(fault('23505', 'votes_pkey')))).toBe('23505')
  expect(refusedFor(new NotNullIntegrityConstraintViolationError(fault('23502')))).toBe('23502')
  expect(refusedFor(new CheckIntegrityConstraintViolationError(fault('23514', 'a_law')))).toBe('23514')
  for (const error of [fault('22003'), fault('23502')]) expect(isPassing(error)).toBe(false)
})

test('PF4 nothing else does: a missing partition, how arrays are written, a bug, what is no error', () => {
  expect(refusedFor(new CheckIntegrityConstraintViolationError(fault('23514')))).toBeNull()
  for (const code of ['22P03', '42P01', '0A000', 'XX000']) {
    expect(refusedFor(fault(code))).toBeNull()
    expect(isPassing(fault(code))).toBe(false)
  }
  for (const error of [new TypeError('undefined is not a function'), 'text', null, { code: '22003' }]) {
    expect(refusedFor(error)).toBeNull()
    expect(isPassing(error)).toBe(false)
  }
})
