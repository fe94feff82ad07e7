/** Where a vote is now: the stations from the door to the screens, with what waits at each. */
import { ScreenTitle } from '../room/screen-title.tsx'
import { Waiting } from '../room/waiting.tsx'
import { wholeNumber } from '../polls/poll-row.tsx'
import { clockWithSeconds } from '../polls/schedule.ts'
import { IfItStops } from './if-it-stops.tsx'
import { judgePipeline, sayAge } from './judge-pipeline.ts'
import { rate } from './pipeline-strip.tsx'
import { hopOf, type PipelineView } from './pipeline-view.ts'
import { Minute, Reading, Small, Station } from './station.tsx'

export function PipelineScreen({ view }: { view: PipelineView }) {
  if (view.at !== 'shown') return <Waiting title="Pipeline" at={view.at} what="No word from the pipeline" />
  const { frame, line, past } = view
  const { queue: queueMood, ledger: ledgerMood, says } = judgePipeline(frame)
  const [queue, ledger] = [hopOf(frame, 'queue'), hopOf(frame, 'ledger')]
  const worst = [queueMood, ledgerMood].includes('stuck')
    ? 'stuck'
    : [queueMood, ledgerMood].includes('busy')
      ? 'busy'
      : 'calm'
  const isMoving = line.at === 'live' && frame.acceptedPerSecond + frame.countedPerSecond > 0
  return (
    <>
      <div className="screen-head">
        <ScreenTitle title="Pipeline" />
        <p className="pipeline-asof figure">
          {line.at === 'lost' ? 'Not live, as of ' : ''}
          {clockWithSeconds.format(new Date(frame.asOf))}
        </p>
      </div>
      <p className={`pipeline-says mood-${worst}`} role="status">
        {says}
      </p>
      <div className="pipeline-body">
        <ol className={isMoving ? 'way is-moving' : 'way'} aria-label="The way of a vote">
          <Station
            place="door"
            name="Door"
            tool="Gateway"
            mood="calm"
            what="Votes are judged, and answered once they are safe."
          >
            <Reading value={rate(frame.acceptedPerSecond)} unit="accepted /s" />
            <Minute values={past.map(({ accepted }) => accepted)} what="accepted per second" />
            <Small name="In all" value={wholeNumber.format(frame.accepted)} />
          </Station>
          <Station
            place="queue"
            name="Queue"
            tool="Redis, on disk"
            mood={queueMood}
            what="Accepted, safe, not yet in the count."
          >
            <Reading
              value={wholeNumber.format(queue.waiting)}
              unit={queue.waiting === 1 ? 'vote waits' : 'votes wait'}
            />
            <Minute values={past.map(({ waiting }) => waiting)} what="votes waiting" />
            <Small name="Oldest" value={queue.waiting === 0 ? 'none' : sayAge(queue.oldestMs)} />
          </Station>
          <Station
            place="postgres"
            name="Count"
            tool="Postgres"
            mood="calm"
            what="Each vote once, for good. This is the tally."
          >
            <Reading value={rate(frame.countedPerSecond)} unit="counted /s" />
            <Minute values={past.map(({ counted }) => counted)} what="counted per second" />
          </Station>
          <Station
            place="kafka"
            name="Kafka"
            tool="for other systems"
            mood={ledgerMood}
            what={
              frame.kafkaReachable === true
                ? 'Every batch as an event, for whoever subscribes.'
                : 'Not reachable: events wait in Postgres, nothing is lost.'
            }
          >
            <Reading
              value={wholeNumber.format(ledger.waiting)}
              unit={ledger.waiting === 1 ? 'event waits' : 'events wait'}
            />
            <Small name="Oldest" value={ledger.waiting === 0 ? 'none' : sayAge(ledger.oldestMs)} />
            <Small
              name="Reachable"
              value={frame.kafkaReachable === null ? 'unknown' : frame.kafkaReachable ? 'yes' : 'no'}
            />
          </Station>
          <Station
            place="screens"
            name="Screens"
            tool="SSE"
            mood="calm"
            what="The new tally, at most 10 times a second, to everyone who watches."
          >
            <Reading value={queue.waiting === 0 ? '0 ms' : sayAge(queue.oldestMs)} unit="behind the door" />
          </Station>
        </ol>
        <IfItStops />
      </div>
    </>
  )
}
