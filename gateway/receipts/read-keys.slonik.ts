/** Reads the public keys that this house signs or has signed with. */
import { sql, type DatabasePool } from 'slonik'
import { z } from 'zod'

const keyShape = z.object({ keyId: z.string(), publicKey: z.instanceof(Buffer) })
export type StoredKey = z.infer<typeof keyShape>

/** The oldest first. */
export const makeReadKeys = (pool: DatabasePool) => (): Promise<readonly StoredKey[]> =>
  pool.any(sql.type(keyShape)`
    select key_id as "keyId", public_key as "publicKey" from signing_keys order by added_at, key_id`)
