/** The rules of the pipeline's view. */
import { expect, test } from 'vitest'
import { judgePipeline, sayAge } from './judge-pipeline.ts'
import {
  hearOfPipeline,
  momentsKept,
  noPipelineYet,
  type PipelineFrame,
  type PipelineView,
} from './pipeline-view.ts'

const frame = (more: Partial<PipelineFrame> = {}, queueMs = 0, ledgerMs = 0): PipelineFrame => ({
  asOf: '2026-01-01T20:00:00Z',
  acceptedPerSecond: 3,
  countedPerSecond: 2,
  accepted: 100,
  hops: [
    { name: 'queue', waiting: 1, oldestMs: queueMs },
    { name: 'ledger', waiting: 1, oldestMs: ledgerMs },
  ],
  kafkaReachable: true,
  ...more,
})
const after = (frames: PipelineFrame[]) =>
  frames.reduce<PipelineView>(
    (view, one) => hearOfPipeline(view, { say: 'frame', frame: one }),
    noPipelineYet,
  )

test('A36 the last minute is kept, and no more', () => {
  const view = after(Array.from({ length: 75 }, (_, i) => frame({ acceptedPerSecond: i })))
  if (view.at !== 'shown') throw new Error('nothing is shown')
  expect(view.past).toHaveLength(momentsKept)
  expect(view.past.at(-1)).toEqual({ accepted: 74, counted: 2, waiting: 1 })
})

test('A37 readers of totals are told of counted votes at most every 5 s, and not while nothing is counted', () => {
  const counts = (view: PipelineView) => (view.at === 'shown' ? view.counts : null)
  expect(counts(after(Array.from({ length: 11 }, () => frame())))).toBe(3)
  expect(counts(after(Array.from({ length: 11 }, () => frame({ countedPerSecond: 0 }))))).toBe(0)
})

test('A38 the last frame stays while the line is down', () => {
  const lost = hearOfPipeline(after([frame()]), { say: 'line', line: { at: 'lost', since: 1 } })
  expect(lost).toMatchObject({ at: 'shown', line: { at: 'lost' } })
  expect(hearOfPipeline(noPipelineYet, { say: 'line', line: { at: 'lost', since: 1 } })).toEqual({
    at: 'unreachable',
  })
})

test('A39 Kafka that cannot be reached is told with the word that nothing is lost', () => {
  const { queue, ledger, says } = judgePipeline(frame({ kafkaReachable: false }))
  expect([queue, ledger]).toEqual(['calm', 'stuck'])
  expect(says).toContain('events wait in Postgres, and nothing is lost')
  expect(judgePipeline(frame({ kafkaReachable: null })).says).toContain('No publisher was heard of')
})

test('A40 a queue is late after 5 s and stuck after 30 s', () => {
  const moods = [4_999, 5_000, 29_999, 30_000].map((ms) => judgePipeline(frame({}, ms)).queue)
  expect(moods).toEqual(['calm', 'busy', 'busy', 'stuck'])
})

test('A41 ages are told as short as they can be', () => {
  expect([0, 840, 12_400, 185_000, 7_260_000].map(sayAge)).toEqual([
    '0 ms',
    '840 ms',
    '12.4 s',
    '3 min 5 s',
    '2 h 1 min',
  ])
})
