/** The report of a poll out of the read model, asked for while somebody looks. */
import { useCallback } from 'react'
import type { Ask } from '../gateway/ask.ts'
import { useLook, type Looked } from '../gateway/use-look.ts'
import { graphql } from '../generated/index.ts'
import type { ReportOfPollQuery } from '../generated/graphql.ts'

const reportOfPoll = graphql(`
  query ReportOfPoll($pollId: ID!) {
    report(pollId: $pollId) {
      asOf
      timeZone
      total
      hours {
        at
        votes
      }
      peak {
        at
        votes
      }
      shares {
        boxId
        at
        options {
          optionId
          votes
        }
      }
      outcomes {
        outcome
        why
        votes
      }
      voters {
        boxId
        votes
        voters
      }
      rounds {
        pollId
        round
        total
        options {
          optionId
          votes
        }
      }
    }
  }
`)

export type PollReport = NonNullable<ReportOfPollQuery['report']>

// A report is read, not watched.
const everyMs = 15_000
// After the last vote and at certification it changes once more.
const everyMsOnceOver = 30_000

/** The answer is null where the read model knows nothing of the poll. */
export function useReport(ask: Ask, pollId: string, isOver: boolean): Looked<PollReport | null> {
  const look = useCallback(
    async (signal: AbortSignal) => (await ask(reportOfPoll, { pollId }, signal, { whole: true })).report,
    [ask, pollId],
  )
  return useLook(look, isOver ? everyMsOnceOver : everyMs)
}
