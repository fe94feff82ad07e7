/** The hash of a ledger row: of the row before it in its (poll, shard) and of its head, as contracts/ledger.ts says. */
import { hash } from 'node:crypto'

/** What stands before the first row of a chain. */
export const firstHash: Buffer = Buffer.alloc(32)

/** `head`: see `rowHeadText`. */
export const chainHash = (before: Uint8Array, head: string): Buffer =>
  hash('sha256', Buffer.concat([before, Buffer.from(head)]), 'buffer')
