/** One ballot box of a poll: its ballot, the confirmation, or the refusal. */
import { useState, type ReactNode } from 'react'
import type { UrnaClient } from '../../../contracts/client.ts'
import type { BallotBox } from '../../../contracts/poll.ts'
import type { ServerClock } from '../connection/server-clock.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { pollPhase } from '../polls/poll-phase.ts'
import type { Allowances } from './allowances.ts'
import { Ballot } from './ballot.tsx'
import { takesSeveral, type InBox } from './boxes.ts'
import type { CountedVote } from './casting.ts'
import type { Castings } from './castings.ts'
import { IdentityNeeded } from './identity-needed.tsx'
import { OnTheWay } from './on-the-way.tsx'
import { OwnVote } from './own-vote.tsx'
import { refusalWords } from './refusal-words.ts'
import { RefusedNotice } from './refused-notice.tsx'
import { RuleLine } from './rule-line.tsx'
import { useArrival } from './use-arrival.ts'
import { useCasting } from './use-casting.ts'
import { useTurn } from './use-turn.ts'

interface BoxFloorParts {
  readonly poll: PollParts
  readonly box: InBox
  readonly rule: BallotBox
  readonly client: Pick<UrnaClient, 'voteStatus'>
  readonly castings: Castings
  readonly allowances: Allowances
  readonly clock: ServerClock
  /** What is told above the action. */
  readonly notes: ReactNode
  /** The voter has begun to vote here. */
  readonly onTouch: () => void
}

/** One box for the life of the component: give it a key by box. */
export function BoxFloor(parts: BoxFloorParts) {
  const { poll, box, rule, client, castings, allowances, clock, notes, onTouch } = parts
  const { options, question } = poll
  const { casting, last } = useCasting(castings, box)
  const { turn, nowMs } = useTurn(allowances, box, rule, clock)
  const { heading, fresh } = useArrival(casting.at)
  // The vote that the gateway does not find any more; sent again and counted, it is another object.
  const [lost, lose] = useState<CountedVote | null>(null)
  const phase = pollPhase(poll)
  const several = takesSeveral(rule.limit)
  const mayGoOn = several && phase === 'open' && turn.at !== 'spent'

  const own = (which: 'only' | 'last' | 'newest') =>
    last !== null && (
      <OwnVote
        key={`${last.voteId} ${last.receipt.batchId}`}
        onLost={lose}
        {...{ which, vote: last, box, options, client, castings, fresh }}
        headingRef={heading}
      />
    )

  if (casting.at === 'refused')
    return (
      <RefusedNotice
        words={refusalWords(casting.reason)}
        mayChoose={phase === 'open'}
        onChooseAgain={() => castings.chooseAgain(box)}
        headingRef={heading}
      />
    )
  const isAtHand = casting.at === 'choosing' || casting.at === 'counted'
  // A vote that is under way is shown so, whatever became of the poll meanwhile.
  if (isAtHand && turn.at === 'spent' && last === null && phase === 'open')
    return (
      <RefusedNotice
        words={refusalWords(several ? 'limit-reached' : 'already-voted')}
        mayChoose={false}
        onChooseAgain={() => undefined}
        headingRef={null}
      />
    )
  if (isAtHand && !mayGoOn && last !== null) return own(several ? 'last' : 'only')
  if (isAtHand && phase !== 'open') return null
  const found = last === lost ? null : last
  const lastText = options.find(({ optionId }) => optionId === found?.optionId)?.text
  return (
    <>
      {turn.at === 'identity-needed' && isAtHand && <IdentityNeeded />}
      <Ballot
        question={question}
        options={options}
        chosenId={casting.optionId}
        vote={voteWords[casting.at]}
        turn={turn}
        lastId={last?.optionId ?? null}
        nowMs={nowMs}
        onChoose={(optionId) => {
          onTouch()
          castings.choose(box, optionId, several)
        }}
        onConfirm={() => castings.confirm(box, several)}
        notes={notes}
      >
        <OnTheWay
          casting={casting}
          last={found !== null && lastText !== undefined ? { key: found.voteId, text: lastText } : null}
          turn={turn}
          limit={rule.limit}
          nowMs={nowMs}
        />
        <RuleLine box={rule} turn={turn} nowMs={nowMs} />
      </Ballot>
      {several && own('newest')}
    </>
  )
}

const voteWords = {
  choosing: 'at hand',
  counted: 'at hand',
  sending: 'sending',
  offline: 'waiting',
} as const
