/** The vote of this device that was counted last, with its receipt. */
import { useEffect, type Ref } from 'react'
import type { UrnaClient } from '../../../contracts/client.ts'
import type { OptionParts } from '../polls/poll-parts.ts'
import type { InBox } from './boxes.ts'
import type { CountedVote } from './casting.ts'
import type { Castings } from './castings.ts'
import { CountedNotice } from './counted-notice.tsx'
import { isLost, useReceiptCheck } from './use-receipt-check.ts'

interface OwnVoteParts {
  readonly which: 'only' | 'last' | 'newest'
  readonly vote: CountedVote
  readonly box: InBox
  readonly options: readonly OptionParts[]
  readonly client: Pick<UrnaClient, 'voteStatus'>
  readonly castings: Castings
  readonly fresh: boolean
  /** The gateway knows nothing of this vote any more. */
  readonly onLost: (vote: CountedVote) => void
  readonly headingRef: Ref<HTMLHeadingElement>
}

/** Give it a key by vote. */
export function OwnVote(parts: OwnVoteParts) {
  const { which, vote, box, options, client, castings, fresh, onLost, headingRef } = parts
  const { voteId, receipt } = vote
  const { check, ask } = useReceiptCheck(client, {
    ...{ pollId: box.pollId, box: box.boxId, voters: box.voters, voteId, receipt },
  })
  useEffect(() => {
    if (isLost(check)) onLost(vote)
  }, [check, vote, onLost])
  return (
    <CountedNotice
      which={which}
      chosen={options.find(({ optionId }) => optionId === vote.optionId)?.text ?? null}
      acceptedAt={vote.acceptedAt}
      vote={{ pollId: box.pollId, box: box.boxId, optionId: vote.optionId, voteId, receipt }}
      fresh={fresh}
      check={check}
      onCheck={ask}
      onSendAgain={() => castings.sendAgain(box)}
      headingRef={headingRef}
    />
  )
}
