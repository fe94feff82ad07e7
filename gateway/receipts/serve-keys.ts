/** Answers `GET /.well-known/jwks.json`: the public keys of the house, for everyone, and while Postgres is away. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { KeySet, PublicKey } from '../../contracts/signing.ts'
import type { Log } from '../../runtime/log.ts'
import { tellOutage } from '../../runtime/tell-outage.ts'
import { refuseRequest } from '../api/http/answers.ts'
import { shareReads } from '../api/totals/share-reads.ts'
import type { StoredKey } from './read-keys.slonik.ts'

/** Resolves when the answer has left. */
export type ServeKeys = (req: IncomingMessage, res: ServerResponse) => Promise<void>

// A new gateway's key is known to the others this soon.
const everyMs = 1_000
const cacheForS = 60

/** `own`: served in any case, since receipts are signed with it. */
export function makeServeKeys(parts: {
  readonly own: StoredKey
  readonly read: () => Promise<readonly StoredKey[]>
  readonly now: () => number
  readonly log: Pick<Log, 'warn'>
}): ServeKeys {
  const { own, log } = parts
  const outage = tellOutage(log, {
    gone: 'the public keys cannot be read',
    back: 'the public keys are read again',
  })
  const readAll = shareReads<'keys', readonly StoredKey[]>({
    ...{ keyOf: (keys) => keys, read: parts.read, everyMs, most: 1, now: parts.now },
    onFault: (error) => outage.failed(error),
    onRead: outage.works,
  })
  return async (req, res) => {
    res.setHeader('access-control-allow-origin', '*')
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.setHeader('allow', 'GET, HEAD')
      return refuseRequest(res, 'other', 'method-not-allowed')
    }
    const stored = await readAll('keys').catch(() => [])
    const isStored = stored.some(({ keyId }) => keyId === own.keyId)
    const keySet: KeySet = { keys: (isStored ? stored : [...stored, own]).map(published) }
    const body = Buffer.from(JSON.stringify(keySet))
    res.writeHead(200, {
      'content-type': 'application/jwk-set+json',
      'content-length': body.length,
      'cache-control': `public, max-age=${cacheForS}`,
    })
    res.end(req.method === 'HEAD' ? undefined : body)
  }
}

const published = ({ keyId, publicKey }: StoredKey): PublicKey => ({
  ...{ kty: 'OKP', crv: 'Ed25519', use: 'sig' },
  ...{ kid: keyId, x: publicKey.toString('base64url') },
})
