/** Names a voter inside one poll, so that no identity is stored and no voter can be followed across polls. */
import { hkdfSync } from 'node:crypto'
import { makeMac, type Mac } from './mac.ts'

/**
 * 128 bits of HMAC-SHA256 over poll, kind of voter and identity, as 32 hex digits. The key version is frozen when
 * the poll opens: a secret that is rotated names the voters of later polls only.
 */
export function makeVoterKey(
  secret: string,
): (keyVersion: number, pollId: string, voters: string, identity: string) => string {
  const macs = new Map<number, Mac>()
  const macOf = (version: number): Mac => {
    let mac = macs.get(version)
    if (mac === undefined) {
      const bytes = hkdfSync('sha256', secret, '', `urna voter key ${version}`, 32)
      mac = makeMac(Buffer.from(bytes))
      macs.set(version, mac)
    }
    return mac
  }
  return (keyVersion, pollId, voters, identity) =>
    macOf(keyVersion)(`${pollId}/${voters}/${identity}`, 'hex').slice(0, 32)
}

/** Names a person whom the broadcaster vouches for, so that no session holds who it is: 128 bits, 32 hex digits. */
export function makeVerifiedId(secret: string): (identity: string) => string {
  const mac = makeMac(Buffer.from(hkdfSync('sha256', secret, '', 'urna verified identity', 32)))
  return (identity) => mac(Buffer.from(identity), 'hex').slice(0, 32)
}
