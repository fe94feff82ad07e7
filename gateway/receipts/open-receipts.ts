/** Opens what signs receipts, finds and proves votes, and publishes the keys. */
import type { DatabasePool } from 'slonik'
import { keyIdLength, thumbprintText } from '../../contracts/signing.ts'
import type { Log } from '../../runtime/log.ts'
import { nameOfKey, openSigningKey } from '../../runtime/signing-key.ts'
import { tellOutage } from '../../runtime/tell-outage.ts'
import { addSigningKey } from '../../sql/signing-keys.pg.ts'
import type { makeVoteStatus } from '../ballot/vote-status.ts'
import type { Lanes } from '../lanes.ts'
import { makeReadAnchors } from './anchors.slonik.ts'
import { makeCompleteReceipts, type CompleteReceipts } from './complete-receipts.ts'
import { makeFindVote } from './find-vote.ts'
import { makeKeptTrees } from './kept-trees.ts'
import { makeProveVote } from './prove-vote.ts'
import { makeReadQueued } from './queued-batch.redis.ts'
import { makeReadKeys } from './read-keys.slonik.ts'
import { registerKey } from './register-key.ts'
import { makeServeKeys, type ServeKeys } from './serve-keys.ts'
import { makeReadRow } from './stored-row.slonik.ts'

export function openReceipts(
  stack: AsyncDisposableStack,
  parts: {
    /** 32 bytes. */
    readonly signingKey: Buffer
    readonly databaseUrl: string
    readonly pool: DatabasePool
    readonly lanes: Lanes
    readonly log: Log
  },
): {
  readonly complete: CompleteReceipts
  readonly serveKeys: ServeKeys
  readonly lookUp: Pick<
    Parameters<typeof makeVoteStatus>[0],
    'findVote' | 'receiptAt' | 'proveVote' | 'onUnproven'
  >
} {
  const { databaseUrl, pool, lanes, log } = parts
  const { publicKey, sign } = openSigningKey(parts.signingKey)
  const keyId = nameOfKey(thumbprintText(publicKey.toString('base64url')), keyIdLength)
  stack.use(registerKey(() => addSigningKey(databaseUrl, keyId, publicKey), log))
  const signer = { keyId, sign }
  const kept = makeKeptTrees(Date.now)
  const proveVote = makeProveVote(makeReadAnchors(pool), Date.now)
  const proving = tellOutage(log, {
    gone: 'votes cannot be proven for now',
    back: 'votes can be proven again',
  })
  return {
    complete: makeCompleteReceipts({ signer, kept }),
    serveKeys: makeServeKeys({ own: { keyId, publicKey }, read: makeReadKeys(pool), now: Date.now, log }),
    lookUp: {
      findVote: makeFindVote({ signer, readRow: makeReadRow(pool), readQueued: makeReadQueued(lanes) }),
      receiptAt: kept.receiptAt,
      async proveVote(...asked) {
        const proof = await proveVote(...asked)
        proving.works()
        return proof
      },
      onUnproven: (error, pollId) => proving.failed(error, { pollId }),
    },
  }
}
