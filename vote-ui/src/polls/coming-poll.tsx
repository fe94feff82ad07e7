/** A poll before it opens: the countdown, and who will be on the ballot. */
import { optionColour } from '../brand/option-colour.ts'
import type { ServerClock } from '../connection/server-clock.ts'
import { RuleList } from '../cast/rule-list.tsx'
import { Countdown } from '../time/countdown.tsx'
import { useNow } from '../time/use-now.ts'
import type { PollParts } from './poll-parts.ts'

const longDate = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  hour: 'numeric',
  minute: '2-digit',
  timeZoneName: 'short',
})

export function ComingPoll({ poll, clock }: { poll: PollParts; clock: ServerClock }) {
  const { opensAt } = poll
  const opensMs = opensAt === null ? null : Date.parse(opensAt)
  const due = useNow(clock, 1_000) >= (opensMs ?? Infinity)
  return (
    <div className="coming">
      <section className="card" aria-labelledby="coming-title">
        <h2 id="coming-title">{due ? 'Opening any moment…' : 'The box opens in'}</h2>
        {opensMs === null ? <p>We will know soon.</p> : !due && <Countdown toMs={opensMs} clock={clock} />}
        {opensAt !== null && opensMs !== null && (
          <p>
            <time dateTime={opensAt}>{longDate.format(opensMs)}</time>
          </p>
        )}
        <RuleList boxes={poll.boxes} weighs={!poll.isRehearsal} />
        <p className="soft">Stay here: this page turns into the ballot by itself.</p>
      </section>
      <section aria-labelledby="on-the-ballot">
        <h2 id="on-the-ballot" className="small-title">
          On the ballot
        </h2>
        <ul className="candidates">
          {poll.options.map(({ optionId, text, colour }, index) => (
            <li key={optionId}>
              <span className="dot" style={{ background: optionColour(colour, index) }} aria-hidden="true" />
              <span dir="auto">{text}</span>
            </li>
          ))}
        </ul>
      </section>
    </div>
  )
}
