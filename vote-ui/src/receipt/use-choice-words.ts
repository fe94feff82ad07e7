/** The question and the option of a vote in their own words, where its poll can still be read. */
import { useEffect, useState } from 'react'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import type { UrnaClient } from '../../../contracts/client.ts'

export interface ChoiceWords {
  readonly question: string
  readonly option: string
  readonly slug: string
}

/** Null while they are not known; the receipt's own names stand in for them. */
export function useChoiceWords(client: Pick<UrnaClient, 'trpc'>, own: OwnVote): ChoiceWords | null {
  const { pollId, optionId } = own
  const [words, setWords] = useState<ChoiceWords | null>(null)
  useEffect(() => {
    const left = new AbortController()
    client.trpc.poll.byId
      .query({ pollId }, { signal: left.signal })
      .then(({ question, slug, options }) => {
        if (left.signal.aborted) return
        const option = options.find((one) => one.optionId === optionId)?.text
        if (option !== undefined) setWords({ question, slug, option })
      })
      // The check does not need them.
      .catch(() => undefined)
    return () => left.abort()
  }, [client, pollId, optionId])
  return words
}
