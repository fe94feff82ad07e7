/** Tells a dependency that is away, or a race that was lost, from data that cannot be stored. */
import {
  BackendTerminatedError,
  BackendTerminatedUnexpectedlyError,
  ConnectionError,
  IdleTransactionTimeoutError,
  StatementCancelledError,
  StatementTimeoutError,
  UniqueIntegrityConstraintViolationError,
} from 'slonik'
import { LeaseLost } from './shard-lease.slonik.ts'

// Of a ledger row that another worker wrote at the same time, the next try finds that it stands.
const lostRaces = ['ledger_pkey', 'ledger_poll_no_shard_seq_key']

// SQLSTATE: 08 connection, 25006 read only, 25P03 and 25P04 out of time, 28 and 3D not let in, 40 rollback, 53 out of
// resources (a full disk), 55 not in state (locks), 57 operator (shutdown, time), 58 system. refused-vote.slonik.ts
// has the whole table.
const passing = /^(?:08|25006|25P0[34]|28|3D|40|53|55|57|58)/

const codeShape = /^E[A-Z]+$/

/** Whether the same data may well be stored by the next try. */
export function isPassing(error: unknown): boolean {
  if (error instanceof LeaseLost) return true
  if (error instanceof UniqueIntegrityConstraintViolationError)
    return lostRaces.includes(error.constraint ?? '')
  if (
    error instanceof ConnectionError ||
    error instanceof BackendTerminatedError ||
    error instanceof BackendTerminatedUnexpectedlyError ||
    error instanceof IdleTransactionTimeoutError ||
    error instanceof StatementCancelledError ||
    error instanceof StatementTimeoutError
  ) {
    return true
  }
  for (let fault: unknown = error; fault instanceof Error; fault = fault.cause) {
    const code: unknown = Reflect.get(fault, 'code')
    if (typeof code === 'string' && (passing.test(code) || codeShape.test(code))) return true
    if (
      /connection (?:terminated|ended|closed)|timeout expired|pool (?:is|has been) ended/i.test(fault.message)
    ) {
      return true
    }
  }
  return false
}
