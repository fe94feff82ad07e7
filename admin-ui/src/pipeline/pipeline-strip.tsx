/** The pipeline in one line above every screen. */
import { Link } from 'wouter'
import { wholeNumber } from '../polls/poll-row.tsx'
import { judgePipeline, sayAge } from './judge-pipeline.ts'
import { hopOf, type PipelineView } from './pipeline-view.ts'

export function PipelineStrip({ view }: { view: PipelineView }) {
  return (
    <section className="strip" aria-label="Pipeline">
      <StripBody view={view} />
    </section>
  )
}

function StripBody({ view }: { view: PipelineView }) {
  if (view.at !== 'shown') {
    return (
      <p className="strip-word">
        {view.at === 'loading' ? 'Reading the pipeline…' : 'No word from the pipeline'}
      </p>
    )
  }
  const { frame, line } = view
  const judgement = judgePipeline(frame)
  const [queue, ledger] = [hopOf(frame, 'queue'), hopOf(frame, 'ledger')]
  const isStale = line.at === 'lost'
  return (
    <>
      <ol className={isStale ? 'strip-way is-stale' : 'strip-way'}>
        <li className="mood-calm">
          <span className="strip-name">Door</span> <b>{rate(frame.acceptedPerSecond)}</b>/s
        </li>
        <li className={`mood-${judgement.queue}`}>
          <span className="strip-name">Queue</span> <b>{wholeNumber.format(queue.waiting)}</b> waiting
          {queue.waiting > 0 && <span className="strip-age">, {sayAge(queue.oldestMs)}</span>}
        </li>
        <li className="mood-calm">
          <span className="strip-name">Count</span> <b>{rate(frame.countedPerSecond)}</b>/s
        </li>
        <li className={`mood-${judgement.ledger}`}>
          <span className="strip-name">Kafka</span>{' '}
          {frame.kafkaReachable === true ? (
            <>
              <b>{wholeNumber.format(ledger.waiting)}</b> waiting
            </>
          ) : (
            <b>unreachable</b>
          )}
        </li>
      </ol>
      <Link href="/pipeline" className="strip-more">
        Where is a vote now?
      </Link>
    </>
  )
}

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 })
const tenth = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 })

/** Below ten a second the fraction matters. */
export const rate = (perSecond: number): string => (perSecond < 10 ? tenth : whole).format(perSecond)
