/** The confirmation: what the voter chose, and the receipt as a paper stub. */
import type { Ref } from 'react'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import { Mark } from '../brand/mark.tsx'
import { exactTime } from '../time/when.ts'
import { ReceiptStub } from './receipt-stub.tsx'
import { isLost, type ReceiptCheck } from './use-receipt-check.ts'

interface CountedParts {
  /** only: a voter has one vote here. last: the votes are used up. newest: more may follow, on the ballot above. */
  readonly which: 'only' | 'last' | 'newest'
  /** Null where the ballot no longer has the option. */
  readonly chosen: string | null
  readonly acceptedAt: string | null
  readonly vote: OwnVote
  /** It was cast just now: the slip drops into the box. */
  readonly fresh: boolean
  readonly check: ReceiptCheck
  readonly onCheck: () => void
  readonly onSendAgain: () => void
  readonly headingRef: Ref<HTMLHeadingElement>
}

export function CountedNotice(parts: CountedParts) {
  const { which, chosen, acceptedAt, fresh, check, headingRef } = parts
  return (
    <section className="counted" data-which={which} aria-labelledby="counted-title">
      <div className="counted-words">
        <Mark dropping={fresh} />
        <div>
          <h2 id="counted-title" ref={which === 'newest' ? null : headingRef} tabIndex={-1}>
            {isLost(check) ? 'Your vote got lost.' : titles[which]}
          </h2>
          <p>
            {chosen !== null && (
              <>
                {forWords[which]} <strong dir="auto">{chosen}</strong>
              </>
            )}
            {acceptedAt !== null && ` at ${exactTime(Date.parse(acceptedAt))}`}.
          </p>
        </div>
      </div>
      <ReceiptStub {...parts} />
    </section>
  )
}

const titles: Record<CountedParts['which'], string> = {
  only: 'Your vote is in.',
  last: 'All your votes are in.',
  newest: 'Your last vote',
}

const forWords: Record<CountedParts['which'], string> = {
  only: 'You voted for',
  last: 'The last one was for',
  newest: 'For',
}
