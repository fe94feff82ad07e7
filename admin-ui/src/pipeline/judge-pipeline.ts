/** What a frame of the pipeline means for a vote that is cast now, in words. */
import { hopOf, type PipelineFrame } from './pipeline-view.ts'

/** calm: nothing to do. busy: it takes longer than usual. stuck: look into it. */
export type Mood = 'calm' | 'busy' | 'stuck'

export interface Judgement {
  readonly queue: Mood
  readonly ledger: Mood
  readonly says: string
}

// A vote is in Postgres within a second; after 5 s the crowd notices, after 30 s a worker must be gone.
const queueBusyMs = 5_000
const queueStuckMs = 30_000
// Publishers send at once; what they left behind is swept after 30 s, so a row of a minute was missed twice.
const ledgerBusyMs = 10_000
const ledgerStuckMs = 60_000

const moodOf = (oldestMs: number, busyMs: number, stuckMs: number): Mood =>
  oldestMs >= stuckMs ? 'stuck' : oldestMs >= busyMs ? 'busy' : 'calm'

export function judgePipeline(frame: PipelineFrame): Judgement {
  const queue = moodOf(hopOf(frame, 'queue').oldestMs, queueBusyMs, queueStuckMs)
  const age = moodOf(hopOf(frame, 'ledger').oldestMs, ledgerBusyMs, ledgerStuckMs)
  const ledger = frame.kafkaReachable === true ? age : 'stuck'
  return { queue, ledger, says: sayQueue(queue) + sayKafka(frame.kafkaReachable, age) }
}

function sayQueue(mood: Mood): string {
  switch (mood) {
    case 'calm':
      return 'Votes are counted as they come.'
    case 'busy':
      return 'Votes are safe in the queue, but counting runs late.'
    case 'stuck':
      return 'Votes are safe in the queue, but nothing counts them: see that a queue worker is running.'
    default:
      return mood satisfies never
  }
}

function sayKafka(reachable: boolean | null, age: Mood): string {
  if (reachable === false) return ' Kafka cannot be reached: events wait in Postgres, and nothing is lost.'
  if (reachable === null) return ' No publisher was heard of: events wait in Postgres, and nothing is lost.'
  return age === 'calm' ? '' : ' Events reach Kafka late; those that wait are safe in Postgres.'
}

/** A length of time as short as it can be told: `0 ms`, `840 ms`, `12.4 s`, `3 min 5 s`. */
export function sayAge(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}
