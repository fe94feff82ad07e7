/** What is fixed about a poll: address, times, who may vote. */
import type { PollParts } from '../polls/poll-parts.ts'
import { exactTime } from '../polls/schedule.ts'
import { zoneInWords } from '../poll-form/local-time.ts'

export function PollFacts({ poll }: { poll: PollParts }) {
  const { boxes } = poll
  const wasOpen = poll.state !== 'draft' && poll.state !== 'scheduled'
  return (
    <section className="panel poll-facts" aria-labelledby="facts">
      <h2 id="facts">Poll</h2>
      <dl>
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
        <dt>{wasOpen ? 'Opened' : 'Opens'}</dt>
        <dd>{poll.opensAt === null ? 'by hand' : <Time at={poll.opensAt} />}</dd>
        <dt>{wasOpen && poll.state !== 'open' ? 'Closed' : 'Closes'}</dt>
        <dd>{poll.closesAt === null ? 'by hand' : <Time at={poll.closesAt} />}</dd>
        <dt>Time zone</dt>
        <dd>{zoneInWords()}</dd>
        {boxes.map((box) => (
          <BoxFact key={box.boxId} box={box} isOnly={boxes.length === 1} />
        ))}
        <dt>Poll id</dt>
        <dd className="code">{poll.pollId}</dd>
      </dl>
    </section>
  )
}

const Time = ({ at }: { at: string }) => <time dateTime={at}>{exactTime(at)}</time>

function BoxFact({ box, isOnly }: { box: PollParts['boxes'][number]; isOnly: boolean }) {
  return (
    <>
      <dt>{isOnly ? 'Who votes' : `Ballot box ${box.boxId}`}</dt>
      <dd>
        {box.voters === 'device' ? 'Anyone, by device' : 'People the broadcaster vouches for'}
        {', '}
        {sayLimit(box.limit)}
        {!isOnly && `, ${box.weight / 100} % of the result`}
      </dd>
    </>
  )
}

function sayLimit(limit: PollParts['boxes'][number]['limit']): string {
  if (limit === null) return 'as often as they like'
  const times = limit.votes === 1 ? 'once' : `${limit.votes} times`
  return limit.perSeconds === null ? times : `${times} in ${limit.perSeconds} s`
}
