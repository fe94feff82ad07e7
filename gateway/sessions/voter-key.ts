/** Names a voter inside one poll, so that no identity is stored and no voter can be followed across polls. */
import { createHmac, hkdfSync } from 'node:crypto'

/**
 * 128 bits of HMAC-SHA256 over poll, kind of voter and identity, as 32 hex digits. The key version is frozen when
 * the poll opens: a secret that is rotated names the voters of later polls only.
 */
export function makeVoterKey(
  secret: string,
): (keyVersion: number, pollId: string, voters: string, identity: string) => string {
  const keys = new Map<number, Buffer>()
  const keyOf = (version: number): Buffer => {
    let key = keys.get(version)
    if (key === undefined) {
      key = Buffer.from(hkdfSync('sha256', secret, '', `urna voter key ${version}`, 32))
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
