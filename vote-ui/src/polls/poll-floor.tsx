/** Below the question: the countdown, the ballot box that is voted in, and the results as their rule allows. */
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { Link } from 'wouter'
import { BoxChoice } from '../cast/box-choice.tsx'
import { BoxFloor } from '../cast/box-floor.tsx'
import { boxesOf, takesSeveral } from '../cast/boxes.ts'
import { lateWords } from '../cast/rule-words.ts'
import { useBoxChoice } from '../cast/use-box-choice.ts'
import { useCasting, useVotedIn } from '../cast/use-casting.ts'
import { hiddenWords } from '../results/hidden-words.ts'
import { Results } from '../results/results.tsx'
import { ComingPoll } from './coming-poll.tsx'
import type { PollParts } from './poll-parts.ts'
import { pollPhase } from './poll-phase.ts'
import type { PollScreenParts } from './poll-screen.tsx'

type PollFloorParts = Omit<PollScreenParts, 'slug' | 'identity'> & { readonly poll: PollParts }

export function PollFloor({ poll, client, castings, allowances, streams, clock }: PollFloorParts) {
  const { pollId, boxes: rules } = poll
  const phase = pollPhase(poll)
  const boxes = useMemo(() => boxesOf({ pollId, boxes: rules }), [pollId, rules])
  const { boxId, pick } = useBoxChoice({ boxes, rules, castings, allowances })
  const votedIn = useVotedIn(castings, boxes)
  const votedElsewhere = useSyncExternalStore(allowances.follow, () => allowances.hasVoted(pollId))
  const hasVoted = votedIn.size > 0 || votedElsewhere

  // A session at hand before the vote is one call less at the peak, and spreads those calls over the wait.
  useEffect(() => {
    if (phase === 'over' || client.session() !== null) return
    client.startSession().catch(() => undefined) // casting starts one itself
  }, [client, phase])

  // Asked only where it may differ from the rule: what this device has used up, and who vouches for it.
  // Who vouches is asked before it opens: at the opening it is known.
  const asks =
    (phase === 'open' || poll.state === 'scheduled') &&
    rules.some(
      ({ voters, limit, boxId: id }) =>
        voters === 'verified' || (limit !== null && takesSeveral(limit) && votedIn.has(id)),
    )
  useEffect(() => {
    if (asks) allowances.ask(pollId)
  }, [allowances, asks, pollId])

  const place = Math.max(
    0,
    boxes.findIndex((box) => box.boxId === boxId),
  )
  const [box, rule] = [boxes[place], rules[place]]
  if (box === undefined || rule === undefined) return null
  return (
    <>
      {phase === 'open' && boxes.length > 1 && (
        <BoxChoice
          boxes={rules}
          chosenId={boxId}
          votedIn={votedIn}
          weighs={!poll.isRehearsal}
          onChoose={pick}
        />
      )}
      <BoxFloor
        key={boxId}
        {...{ poll, box, rule, client, castings, allowances, clock }}
        onTouch={() => pick(boxId)}
        notes={<Notes poll={poll} hasVoted={hasVoted} nowMs={clock.now()} />}
      />
      <After {...{ poll, streams, clock, castings, box, hasVoted }} several={takesSeveral(rule.limit)} />
    </>
  )
}

/** What a voter has to know before the vote and will not find out by it. */
function Notes({ poll, hasVoted, nowMs }: { poll: PollParts; hasVoted: boolean; nowMs: number }) {
  const words = [lateWords(poll), hasVoted ? null : hiddenWords(poll, hasVoted, nowMs)]
  const told = words.filter((word) => word !== null)
  return told.length > 0 && <p className="ballot-notes">{told.join(' ')}</p>
}

interface AfterParts extends Pick<PollFloorParts, 'poll' | 'streams' | 'clock' | 'castings'> {
  readonly box: Parameters<typeof useCasting>[1]
  readonly several: boolean
  readonly hasVoted: boolean
}

/** Whoever has not voted sees where the poll stands only before and after; a vote under way comes before that. */
function After({ poll, streams, clock, castings, box, several, hasVoted }: AfterParts) {
  const { casting, last } = useCasting(castings, box)
  const phase = pollPhase(poll)
  const isUnderWay = casting.at === 'sending' || casting.at === 'offline'
  if (phase === 'open' && !hasVoted && casting.at !== 'refused') return null
  if (isUnderWay && !hasVoted) return null
  const own =
    last === null
      ? null
      : { optionId: last.optionId, word: several ? ('Your last vote' as const) : ('Your vote' as const) }
  return (
    <>
      {phase === 'coming' && last === null ? (
        <ComingPoll poll={poll} clock={clock} />
      ) : (
        <Results {...{ streams, clock, poll, own, hasVoted }} />
      )}
      <p className="other-polls">
        <Link href="/">See the other polls</Link>
      </p>
    </>
  )
}
