/** Names a voter inside one poll, so that no identity is stored and no voter can be followed across polls. */
import { createHmac, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'

/**
 * 128 bits of HMAC-SHA256 over poll, kind of voter and identity, as 32 hex digits. The key version is frozen when
 * the poll opens: a secret that is rotated names the voters of later polls only.
 */
export function makeVoterKey(
  secret: string,
): (keyVersion: number, pollId: string, voters: string, identity: string) => string {
  // As a key object: a key that is handed over as bytes is prepared anew for each voter, which costs 10 µs.
  const keys = new Map<number, KeyObject>()
  const keyOf = (version: number): KeyObject => {
    let key = keys.get(version)
    if (key === undefined) {
      const bytes = hkdfSync('sha256', secret, '', `urna voter key ${version}`, 32)
      key = createSecretKey(Buffer.from(bytes))
      keys.set(version, key)
    }
    return key
  }
  return (keyVersion, pollId, voters, identity) =>
    createHmac('sha256', keyOf(keyVersion))
      .update(`${pollId}/${voters}/${identity}`)
      .digest('hex')
      .slice(0, 32)
}
