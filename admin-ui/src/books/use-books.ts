/** The books of a poll, asked for every 2 s while somebody looks. */
import { useCallback } from 'react'
import type { Ask } from '../gateway/ask.ts'
import { useLook, type Looked } from '../gateway/use-look.ts'
import { graphql } from '../generated/index.ts'
import type { BooksOfPollQuery } from '../generated/graphql.ts'

const booksOfPoll = graphql(`
  query BooksOfPoll($pollId: ID!) {
    reconciliation(pollId: $pollId) {
      asOf
      books {
        accepted
        counted
        repeats
        refused
        rejected
        waiting
        lost
        unexplained
      }
      sources {
        name
        votes
        batches
        fault
      }
      drifts {
        what
        says
        votes
        since
        heals
      }
    }
  }
`)

export type PollBooks = NonNullable<BooksOfPollQuery['reconciliation']>
export type CountSource = PollBooks['sources'][number]
export type Drift = PollBooks['drifts'][number]

const everyMs = 2_000

/** The answer is null before the first look of the role `reconcile`. */
export function useBooks(ask: Ask, pollId: string): Looked<PollBooks | null> {
  const look = useCallback(
    async (signal: AbortSignal) =>
      (await ask(booksOfPoll, { pollId }, signal, { whole: true })).reconciliation,
    [ask, pollId],
  )
  return useLook(look, everyMs)
}
