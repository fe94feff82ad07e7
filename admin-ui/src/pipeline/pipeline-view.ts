/** What the screens know of the pipeline: a union, and how a frame changes it. */
import type { Line } from '../../../contracts/live.ts'
import type { PipelineFramesSubscription } from '../generated/graphql.ts'

export type PipelineFrame = PipelineFramesSubscription['pipeline']
export type HopName = PipelineFrame['hops'][number]['name']

/** One second of the past. */
export interface Moment {
  readonly accepted: number
  readonly counted: number
  readonly waiting: number
}

export type PipelineView =
  | { readonly at: 'loading' }
  | { readonly at: 'unreachable' }
  | {
      readonly at: 'shown'
      readonly frame: PipelineFrame
      readonly line: Line
      /** The last minute, oldest first. */
      readonly past: readonly Moment[]
      /** Grows when votes were counted, at most every 5 s: what a reader of totals waits for. */
      readonly counts: number
      readonly secondsToNext: number
    }

export type PipelineNews =
  { readonly say: 'frame'; readonly frame: PipelineFrame } | { readonly say: 'line'; readonly line: Line }

export const noPipelineYet: PipelineView = { at: 'loading' }

/** One frame a second: 60 of them are the last minute. */
export const momentsKept = 60
const countsEverySeconds = 5

export function hearOfPipeline(view: PipelineView, news: PipelineNews): PipelineView {
  switch (news.say) {
    case 'line':
      if (view.at === 'shown') return { ...view, line: news.line }
      return news.line.at === 'lost' ? { at: 'unreachable' } : view
    case 'frame': {
      const { frame } = news
      const before = view.at === 'shown' ? view : null
      const moment = {
        accepted: frame.acceptedPerSecond,
        counted: frame.countedPerSecond,
        waiting: hopOf(frame, 'queue').waiting,
      }
      const past = [...(before?.past ?? []), moment].slice(-momentsKept)
      const secondsToNext = Math.max(0, (before?.secondsToNext ?? 0) - 1)
      const isDue = frame.countedPerSecond > 0 && secondsToNext === 0
      return {
        at: 'shown',
        frame,
        line: { at: 'live' },
        past,
        counts: (before?.counts ?? 0) + (isDue ? 1 : 0),
        secondsToNext: isDue ? countsEverySeconds : secondsToNext,
      }
    }
    default:
      return news satisfies never
  }
}

/** A hop that a frame does not name has nothing waiting. */
export function hopOf(frame: PipelineFrame, name: HopName): { waiting: number; oldestMs: number } {
  return frame.hops.find((hop) => hop.name === name) ?? { waiting: 0, oldestMs: 0 }
}
