/** What is fixed about a poll: address, who may vote how often, who sees what, where it comes from. */
import { Link } from 'wouter'
import { percentText } from '../poll-form/weights.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { limitInWords, visibilityInWords, votersInWords } from '../polls/rules-in-words.ts'
import { exactTime } from '../polls/schedule.ts'

export function PollFacts({ poll }: { poll: PollParts }) {
  const { boxes, visibility, revealedAt } = poll
  return (
    <section className="panel poll-facts" aria-labelledby="facts">
      <h2 id="facts">Rules</h2>
      <dl className="facts">
        {boxes.map((box) => (
          <BoxFact key={box.boxId} box={box} isOnly={boxes.length === 1} />
        ))}
        <dt>Counts</dt>
        <dd>
          {visibilityInWords[visibility].name}
          <span className="unit fact-here">
            {revealedAt === null ? visibilityInWords[visibility].says : `Revealed ${exactTime(revealedAt)}.`}
          </span>
        </dd>
        <dt>Address</dt>
        <dd>
          {poll.state === 'draft' ? (
            `/p/${poll.slug}, for voters once it is scheduled or open`
          ) : (
            <a href={`/p/${poll.slug}`} target="_blank" rel="noopener">
              /p/{poll.slug}
              <span className="only-read"> (new tab)</span> <span aria-hidden="true">↗</span>
            </a>
          )}
        </dd>
        {poll.previousPollId !== null && (
          <>
            <dt>{poll.isRehearsal ? 'Rehearses' : `Round ${poll.round}`}</dt>
            <dd>
              <Link href={`/polls/${poll.previousPollId}`}>
                {poll.isRehearsal ? 'the poll it was made from' : 'the round before'}
              </Link>
            </dd>
          </>
        )}
        <dt>Poll id</dt>
        <dd className="code">{poll.pollId}</dd>
      </dl>
    </section>
  )
}

function BoxFact({ box, isOnly }: { box: PollParts['boxes'][number]; isOnly: boolean }) {
  const { boxId, voters, limit, weight } = box
  return (
    <>
      <dt>{isOnly ? 'Who votes' : `Box ${boxId}`}</dt>
      <dd>
        {votersInWords[voters].name}, {limitInWords(limit)}
        <span className="unit fact-here">
          {votersInWords[voters].says}
          {!isOnly && `; ${percentText(weight)} % of the result`}
        </span>
      </dd>
    </>
  )
}
