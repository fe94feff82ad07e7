/** Tells a vote that Postgres will not take from everything else that keeps votes from being stored. */
import {
  CheckIntegrityConstraintViolationError,
  IntegrityConstraintViolationError,
  InvalidInputError,
  UniqueIntegrityConstraintViolationError,
} from 'slonik'

/** Among the votes of a statement there is one that Postgres refuses for what it is: nothing was stored. */
export class VoteRefused extends Error {
  /** SQLSTATE. */
  readonly code: string
  constructor(code: string, cause: unknown) {
    super(`Postgres refuses a vote: ${code}`, { cause })
    this.name = 'VoteRefused'
    this.code = code
  }
}

// 22 data exception, 23 integrity constraint violation. 22P03 is about how this worker writes arrays, not about a vote.
const refuses = /^(?:22(?!P03)|23)/

/**
 * The SQLSTATE for which a vote is refused, null where the fault is no vote's. A vote that is rejected is rejected for
 * ever, so only what speaks of the values of a row does it:
 *
 * | SQLSTATE                                   | what is wrong                     | what becomes of the votes        |
 * | ------------------------------------------ | --------------------------------- | -------------------------------- |
 * | 22, but not 22P03                          | a value                           | that vote is rejected            |
 * | 23, but not the two below                  | a row breaks a constraint         | that vote is rejected            |
 * | 23505 of a key of the ledger, NotAllNew    | a race, a repeat                  | all are tried again at once      |
 * | 23514 that names no constraint             | the poll has no partition (yet)   | the batch waits in the queue     |
 * | 08 25006 25P03 25P04 28 3D 40 53 55 57 58  | Postgres: away, in recovery, read | all wait in the worker's hands   |
 * |                                            | only, full, locked, too slow      | (passing-fault.slonik.ts)        |
 * | all else: 0A 42 P0 XX, faults of ours      | a migration half done, a bug      | the batch waits in the queue     |
 *
 * To be asked of a fault of the statement that stores votes; no other statement's is a vote's.
 */
export function refusedFor(error: unknown): string | null {
  // Slonik keeps no code of this one.
  if (error instanceof InvalidInputError) return '22P02'
  if (error instanceof UniqueIntegrityConstraintViolationError) return '23505'
  if (error instanceof CheckIntegrityConstraintViolationError && error.constraint === null) return null
  const fault: unknown = error instanceof IntegrityConstraintViolationError ? error.cause : error
  if (!(fault instanceof Error)) return null
  const code: unknown = Reflect.get(fault, 'code')
  return typeof code === 'string' && refuses.test(code) ? code : null
}
