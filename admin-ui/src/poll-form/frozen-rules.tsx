/** What can no longer change, as text, and why. */
import { optionColour } from '../../../vote-ui/src/brand/option-colour.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { limitInWords, votersInWords } from '../polls/rules-in-words.ts'
import { timeInZone } from '../polls/schedule.ts'
import { percentText } from './weights.ts'
import type { MayChange } from './what-may-change.ts'
import { zoneInWords } from './zone-time.ts'

export function FrozenRules({ poll, may }: { poll: PollParts; may: MayChange }) {
  const { options, boxes, timeZone } = poll
  return (
    <section className="form-part frozen" aria-labelledby="frozen">
      <h2 id="frozen">Frozen since it opened</h2>
      <p className="field-hint">
        Whoever has voted did so under these rules. To ask under others, duplicate the poll as a new round.
      </p>
      <dl>
        <dt>Options</dt>
        <dd>
          <ol>
            {options.map(({ optionId, text, colour }, place) => (
              <li key={optionId}>
                <span className="swatch" style={{ background: optionColour(colour, place) }} /> {text}
              </li>
            ))}
          </ol>
        </dd>
        <dt>{boxes.length === 1 ? 'Ballot box' : 'Ballot boxes'}</dt>
        <dd>
          <ol>
            {boxes.map(({ boxId, voters, limit, weight }) => (
              <li key={boxId}>
                <b>{boxId}</b>: {votersInWords[voters].name.toLowerCase()}, {limitInWords(limit)}
                {boxes.length > 1 && `, ${percentText(weight)} % of the result`}
              </li>
            ))}
          </ol>
        </dd>
        <dt>Opened</dt>
        <dd>{poll.opensAt === null ? 'by hand' : timeInZone(poll.opensAt, timeZone)}</dd>
        {!may.closesAt && (
          <>
            <dt>Closed</dt>
            <dd>{poll.closesAt === null ? 'by hand' : timeInZone(poll.closesAt, timeZone)}</dd>
          </>
        )}
        <dt>Time zone</dt>
        <dd>{zoneInWords(timeZone)}</dd>
        <dt>Address</dt>
        <dd className="code">/p/{poll.slug}</dd>
      </dl>
    </section>
  )
}
