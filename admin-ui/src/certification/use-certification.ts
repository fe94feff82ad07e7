/** Where a poll stands on its way to a certified result, asked for while somebody looks. */
import { useCallback, useState } from 'react'
import type { Ask } from '../gateway/ask.ts'
import { useLook, type Looked } from '../gateway/use-look.ts'
import { graphql } from '../generated/index.ts'
import type { CertificationOfPollQuery } from '../generated/graphql.ts'
import type { PollParts } from '../polls/poll-parts.ts'

const certificationOfPoll = graphql(`
  query CertificationOfPoll($pollId: ID!) {
    certification(pollId: $pollId) {
      askedAt
      admitted
      received
      missing
      lookedAt
      certifiedAt
      anchorNo
    }
  }
`)

export type PollCertification = NonNullable<CertificationOfPollQuery['certification']>

// Until it is told that it is certified, what is missing changes by itself.
const everyMs = 2_000
const everyMsAtRest = 60_000

/** The answer is null until it was asked for. Another state of the poll is another question. */
export function useCertification(
  ask: Ask,
  { pollId, state }: Pick<PollParts, 'pollId' | 'state'>,
): Looked<PollCertification | null> {
  const [isTold, setTold] = useState(false)
  const look = useCallback(
    async (signal: AbortSignal) => {
      const { certification } = await ask(certificationOfPoll, { pollId }, signal, { whole: true })
      setTold(certification?.certifiedAt != null)
      return certification
    },
    [ask, pollId],
  )
  const isToBeTold = state === 'counting' || (state === 'certified' && !isTold)
  return useLook(look, isToBeTold ? everyMs : everyMsAtRest)
}
