/** When a poll opens and closes: counted down by the server's clock, in its own zone and in the viewer's. */
import { useState } from 'react'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { useNow } from '../../../vote-ui/src/time/use-now.ts'
import { ownZone, zoneInWords } from '../poll-form/zone-time.ts'
import { hasOpened, type PollParts } from '../polls/poll-parts.ts'
import { differsHere, timeInZone } from '../polls/schedule.ts'
import { countdownText } from '../polls/spans.ts'
import { ClosingTimeDialog } from './closing-time-dialog.tsx'
import type { PollCommands } from './use-poll-commands.ts'

interface SchedulePanelProps {
  readonly poll: PollParts
  readonly clock: Pick<ServerClock, 'now'>
  readonly commands: PollCommands
}

export function SchedulePanel({ poll, clock, commands }: SchedulePanelProps) {
  const { state, opensAt, closesAt, timeZone } = poll
  const wasOpen = hasOpened(poll)
  const isClosed = wasOpen && state !== 'open'
  return (
    <section className="panel schedule" aria-labelledby="schedule">
      <h2 id="schedule">Schedule</h2>
      {state === 'scheduled' && opensAt !== null && <Countdown words="Opens in" to={opensAt} clock={clock} />}
      {state === 'open' && closesAt !== null && <Countdown words="Closes in" to={closesAt} clock={clock} />}
      <dl className="facts">
        <dt>{wasOpen ? 'Opened' : 'Opens'}</dt>
        <dd>{opensAt === null ? 'by hand' : <ZonedTime at={opensAt} timeZone={timeZone} />}</dd>
        <dt>{isClosed ? 'Closed' : 'Closes'}</dt>
        <dd>{closesAt === null ? 'by hand' : <ZonedTime at={closesAt} timeZone={timeZone} />}</dd>
        <dt>Time zone</dt>
        <dd>{zoneInWords(timeZone)}</dd>
      </dl>
      {state === 'open' && <Extend poll={poll} clock={clock} commands={commands} />}
      {closesAt !== null && !isClosed && (
        <p className="panel-foot">A vote is in if it reached the server up to 2 s after a scheduled close.</p>
      )}
    </section>
  )
}

function Countdown({ words, to, clock }: { words: string; to: string; clock: Pick<ServerClock, 'now'> }) {
  const leftMs = Date.parse(to) - useNow(clock, 250)
  return (
    <p className="countdown">
      {words}{' '}
      <span className="figure figure-large" role="timer">
        {countdownText(leftMs)}
      </span>
    </p>
  )
}

function ZonedTime({ at, timeZone }: { at: string; timeZone: string }) {
  return (
    <>
      <time dateTime={at}>{timeInZone(at, timeZone)}</time>
      {differsHere(at, timeZone) && (
        <span className="unit fact-here">for you {timeInZone(at, ownZone())}</span>
      )}
    </>
  )
}

const steps = [1, 5, 15] as const
const minuteMs = 60_000

function Extend({ poll, clock, commands }: SchedulePanelProps) {
  const [isAsking, ask] = useState(false)
  const { closesAt } = poll
  const isBusy = commands.underWay !== null
  return (
    <div className="extend" role="group" aria-label="Closing time">
      {closesAt !== null &&
        steps.map((minutes) => (
          <button
            key={minutes}
            type="button"
            className="button"
            aria-disabled={isBusy}
            aria-label={`Extend by ${minutes} min`}
            onClick={() =>
              !isBusy && commands.extend(new Date(Date.parse(closesAt) + minutes * minuteMs).toISOString())
            }
          >
            +{minutes} min
          </button>
        ))}
      <button type="button" className="button" aria-disabled={isBusy} onClick={() => !isBusy && ask(true)}>
        {commands.underWay === 'extend' ? 'Setting…' : 'Close at…'}
      </button>
      {closesAt === null && (
        <p className="unit">It has no closing time that could be extended: you close it by hand.</p>
      )}
      {isAsking && (
        <ClosingTimeDialog
          poll={poll}
          clock={clock}
          title="Until when shall it be open?"
          says="Everyone who has the vote page open sees the new time within a second."
          confirm="Set closing time"
          cancel="Leave it"
          isOptional={false}
          onTime={(time) => {
            ask(false)
            if (time !== null) commands.extend(time)
          }}
          onCancel={() => ask(false)}
        />
      )}
    </div>
  )
}
