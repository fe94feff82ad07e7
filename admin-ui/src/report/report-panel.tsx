/** The report of a poll: turnout by the hour, its peak, how the shares moved, and what did not count. */
import { useMemo } from 'react'
import type { Looked } from '../gateway/use-look.ts'
import { ColumnsChart } from '../poll/columns-chart.tsx'
import { columnsOf, hourMs } from '../poll/columns.ts'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { clockWithSeconds } from '../polls/schedule.ts'
import { EarlierRounds, NotCounted, VotesAVoter } from './report-tables.tsx'
import { sharesByBox } from './share-lines.ts'
import { SharesChart } from './shares-chart.tsx'
import type { PollReport } from './use-report.ts'

interface ReportPanelProps {
  readonly report: Looked<PollReport | null>
  readonly poll: PollParts
}

export function ReportPanel({ report, poll }: ReportPanelProps) {
  return (
    <section className="panel report" aria-labelledby="report">
      <div className="panel-head">
        <h2 id="report">Report</h2>
      </div>
      <ReportBody report={report} poll={poll} />
    </section>
  )
}

function ReportBody({ report, poll }: ReportPanelProps) {
  switch (report.at) {
    case 'loading':
      return <p className="panel-empty">Reading…</p>
    case 'failed':
      return (
        <p className="panel-empty" role="status">
          The report cannot be had right now. It is asked for again by itself.
        </p>
      )
    case 'shown': {
      const { answer, isOld } = report
      if (answer === null || answer.total === 0)
        return <p className="panel-empty">It begins with the first votes that reach the read model.</p>
      return <Report report={answer} poll={poll} isOld={isOld} />
    }
    default:
      return report satisfies never
  }
}

function Report({ report, poll, isOld }: { report: PollReport; poll: PollParts; isOld: boolean }) {
  const { timeZone, peak, asOf } = report
  const say = useMemo(() => saysTimeIn(timeZone), [timeZone])
  const boxes = useMemo(
    () =>
      sharesByBox(
        report.shares,
        poll.boxes.map(({ boxId }) => boxId),
        poll.options.map(({ optionId }) => optionId),
      ),
    [report.shares, poll.boxes, poll.options],
  )
  const hours = columnsOf(
    report.hours.map(({ at, votes }) => ({ at, total: votes })),
    hourMs,
  )
  return (
    <>
      <dl className="report-heads">
        <div>
          <dt>Turnout</dt>
          <dd className="figure">{wholeNumber.format(report.total)}</dd>
        </div>
        {peak !== null && (
          <div>
            <dt>Peak minute, {say.day(Date.parse(peak.at))}</dt>
            <dd className="figure">{wholeNumber.format(peak.votes)}</dd>
          </div>
        )}
      </dl>
      <div className="report-parts">
        <div className="report-column">
          <section aria-labelledby="report-hours">
            <h3 id="report-hours">Votes per hour</h3>
            <ColumnsChart columns={hours} caption="Votes per hour" unit="Hour" sayTime={say.day} />
          </section>
          <NotCounted outcomes={report.outcomes} />
          <VotesAVoter voters={report.voters} isCertified={poll.state === 'certified'} />
        </div>
        <section aria-labelledby="report-shares">
          <h3 id="report-shares">Shares over time</h3>
          {boxes.map((box) => (
            <SharesChart
              key={box.boxId}
              box={box}
              name={poll.boxes.length === 1 ? null : box.boxId}
              poll={poll}
              sayTime={say.clock}
            />
          ))}
        </section>
        <EarlierRounds rounds={report.rounds} poll={poll} />
      </div>
      <p className="panel-foot">
        Out of the read model,{' '}
        {asOf === null ? 'before the first event' : `as of ${clockWithSeconds.format(Date.parse(asOf))}`}
        {isOld && ', not live: the gateway did not answer the last time'}. Times of {timeZone}.
      </p>
    </>
  )
}

/** A zone that this browser does not know is told in its own. */
function saysTimeIn(timeZone: string) {
  const make = (its: Intl.DateTimeFormatOptions) => {
    try {
      return new Intl.DateTimeFormat(undefined, { ...its, timeZone })
    } catch {
      return new Intl.DateTimeFormat(undefined, its)
    }
  }
  const time = { hour: '2-digit', minute: '2-digit' } as const
  return { clock: make(time).format, day: make({ day: 'numeric', month: 'short', ...time }).format }
}
