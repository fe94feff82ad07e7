/** Opens the role `certify`: the anchors of every poll's ledger, and the certificates of those that are over. */
import { Gauge } from 'prom-client'
import { redisChannels } from '../../contracts/redis-keys.ts'
import { keyIdLength, thumbprintText } from '../../contracts/signing.ts'
import { nameOfKey, openSigningKey } from '../../runtime/signing-key.ts'
import { addSigningKey } from '../../sql/signing-keys.pg.ts'
import { tellLedgerGrew } from '../ledger-news.redis.ts'
import type { OpenRole } from '../role-ground.ts'
import { readAdmissions } from './admission.redis.ts'
import { anchorPoll } from './anchor-poll.slonik.ts'
import { unanchoredPolls, waitingForCertifier } from './anchor-rows.slonik.ts'
import { countingPolls, freeze, mirroredMemory, noteMissing } from './certification-rows.slonik.ts'
import { certifyPoll } from './certify-poll.slonik.ts'
import { makeFreezeAdmitted } from './freeze-admitted.ts'
import { keepAnchoring } from './keep-anchoring.ts'
import { keepCertifying } from './keep-certifying.ts'
import { measureWaiting } from './measure-waiting.ts'
import { runsOfPoll } from './runs-of-poll.slonik.ts'

/** Without a key it stays off: what nobody signs proves nothing. */
export const openCertify: OpenRole = async (stack, ground) => {
  const { config, redis, registry, log } = ground
  if (config.signingKey === null) {
    log.warn('SIGNING_KEY is not set: no anchors are made, and no poll is certified')
    return
  }
  const key = openSigningKey(config.signingKey)
  const keyId = nameOfKey(thumbprintText(key.publicKey.toString('base64url')), keyIdLength)
  await addSigningKey(config.databaseUrl, keyId, key.publicKey)
  const signer = { keyId, sign: key.sign }
  // Anchors, certificates, and one to spare; between two pages of a ledger it reckons for some ms.
  const pool = await ground.openPool({ most: 3, idleInTransactionMs: 10_000 })
  stack.use(measureWaiting({ registry, log, waiting: () => waitingForCertifier(pool) }))
  const signed = ground.counter('urna_anchors_signed_total', 'Anchors that this worker signed.')
  /** Publishers also look by themselves. */
  const wakePublishers = () => tellLedgerGrew(redis).catch(() => undefined)
  const anchor = async (...[poll, signal]: Parameters<Parameters<typeof keepAnchoring>[0]['anchor']>) => {
    const made = await anchorPoll(pool, poll, signer, signal)
    signed.inc(made)
    return made
  }
  const anchoring = stack.use(
    keepAnchoring({
      ...{ everyMs: config.anchorEveryMs, anchor, log },
      unanchored: () => unanchoredPolls(pool),
      onAnchors: wakePublishers,
    }),
  )
  new Gauge({
    name: 'urna_ledger_faults',
    help: 'Polls whose ledger does not add up, so that it is not signed.',
    registers: [registry],
    collect() {
      this.set(anchoring.faulty())
    },
  })
  stack.use(
    keepCertifying({
      log,
      polls: () => countingPolls(pool),
      freeze: makeFreezeAdmitted({
        mirroredMemory: () => mirroredMemory(pool),
        admission: (poll) => readAdmissions(ground.lanes, poll),
        runs: (pollNo) => runsOfPoll(pool, pollNo),
        store: (pollNo, admitted) => freeze(pool, pollNo, admitted),
        now: () => performance.now(),
      }),
      async certify(poll, signal) {
        // The last anchor is to have room for what is left.
        if ((await anchor(poll, signal)) > 0) await wakePublishers()
        const isCertified = await certifyPoll(pool, poll, signer)
        if (isCertified) signed.inc()
        return isCertified
      },
      noteMissing: ({ pollNo }, missing) => noteMissing(pool, pollNo, null, missing),
      async onCertified(pollId) {
        await wakePublishers()
        // Where nobody hears it a gateway finds the row within 10 s.
        await redis.publish(redisChannels.pollRows, pollId).catch(() => 0)
      },
    }),
  )
}
