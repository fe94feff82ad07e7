/** Makes the public half of a process' signing key known to the house. */
import pg from 'pg'

/** Does nothing where it is known already. */
export async function addSigningKey(databaseUrl: string, keyId: string, publicKey: Buffer): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query(
      'insert into signing_keys (key_id, public_key) values ($1, $2) on conflict (key_id) do nothing',
      [keyId, publicKey],
    )
  } finally {
    await client.end()
  }
}
