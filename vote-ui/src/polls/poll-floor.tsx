/** Below the question: the ballot, the countdown, the confirmation, the refusal or the result. */
import { useEffect } from 'react'
import { Link } from 'wouter'
import { Ballot } from '../cast/ballot.tsx'
import { useArrival } from '../cast/use-arrival.ts'
import { CountedNotice } from '../cast/counted-notice.tsx'
import { OnTheWay } from '../cast/on-the-way.tsx'
import { refusalWords } from '../cast/refusal-words.ts'
import { RefusedNotice } from '../cast/refused-notice.tsx'
import { useCasting } from '../cast/use-casting.ts'
import { useReceiptCheck } from '../cast/use-receipt-check.ts'
import { Results } from '../results/results.tsx'
import { ComingPoll } from './coming-poll.tsx'
import type { PollParts } from './poll-parts.ts'
import { pollPhase } from './poll-phase.ts'
import type { PollScreenParts } from './poll-screen.tsx'

type PollFloorParts = Omit<PollScreenParts, 'slug'> & { readonly poll: PollParts }

export function PollFloor({ poll, client, castings, streams, clock }: PollFloorParts) {
  const { pollId, options } = poll
  const casting = useCasting(castings, pollId)
  const { check, ask } = useReceiptCheck(client, pollId)
  const phase = pollPhase(poll)
  const { heading, fresh } = useArrival(casting.at)

  // A session at hand before the vote is one call less at the peak, and spreads those calls over the wait.
  useEffect(() => {
    if (phase === 'over' || client.session() !== null) return
    client.startSession().catch(() => undefined) // casting starts one itself
  }, [client, phase])

  const result = (ownOptionId: string | null) => (
    <Results streams={streams} poll={poll} ownOptionId={ownOptionId} />
  )

  // Whoever has not begun to vote sees where the poll stands; a vote under way or done comes before that.
  if (casting.at === 'choosing' && phase === 'coming')
    return (
      <>
        <ComingPoll poll={poll} clock={clock} />
        <OtherPolls />
      </>
    )
  if (casting.at === 'choosing' && phase === 'over')
    return (
      <>
        {result(null)}
        <OtherPolls />
      </>
    )
  switch (casting.at) {
    case 'choosing':
    case 'sending':
    case 'offline':
      return (
        <Ballot
          question={poll.question}
          options={options}
          chosenId={casting.optionId}
          vote={voteWords[casting.at]}
          onChoose={(optionId) => castings.choose(pollId, optionId)}
          onConfirm={() => castings.confirm(pollId, boxOf(poll))}
        >
          <OnTheWay casting={casting} />
        </Ballot>
      )
    case 'counted':
      return (
        <>
          <CountedNotice
            chosen={options.find(({ optionId }) => optionId === casting.optionId)?.text ?? null}
            acceptedAt={casting.acceptedAt}
            receipt={casting.receipt}
            fresh={fresh}
            check={check}
            onCheck={ask}
            onSendAgain={() => castings.sendAgain(pollId)}
            headingRef={heading}
          />
          {result(casting.optionId)}
          <OtherPolls />
        </>
      )
    case 'refused': {
      const words = refusalWords(casting.reason)
      return (
        <>
          <RefusedNotice
            words={words}
            mayChoose={phase === 'open'}
            onChooseAgain={() => castings.chooseAgain(pollId)}
            headingRef={heading}
          />
          {(words.results || phase === 'over') && result(null)}
          {phase === 'coming' && <ComingPoll poll={poll} clock={clock} />}
          <OtherPolls />
        </>
      )
    }
    default:
      return casting satisfies never
  }
}

const voteWords = { choosing: 'at hand', sending: 'sending', offline: 'waiting' } as const

function OtherPolls() {
  return (
    <p className="other-polls">
      <Link href="/">See the other polls</Link>
    </p>
  )
}

/** The box to vote in: named only where a poll has several, and then the one for any device. */
function boxOf({ boxes }: PollParts): string | undefined {
  return boxes.length < 2 ? undefined : boxes.find(({ voters }) => voters === 'device')?.boxId
}
