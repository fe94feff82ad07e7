/** The version of each poll's tally as a query is answered now. */
import { z } from 'zod'
import type { BenchHouse } from './house.ts'

const answerShape = z.object({ data: z.object({ tally: z.object({ version: z.number() }) }) })

export async function shownVersions(
  opened: BenchHouse,
  pollIds: readonly string[],
): Promise<Record<string, number>> {
  const versions: Record<string, number> = {}
  for (const pollId of pollIds) {
    const answer = await fetch(`${opened.gatewayUrl()}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'query ($pollId: ID!) { tally(pollId: $pollId) { version } }',
        variables: { pollId },
      }),
    })
    versions[pollId] = answerShape.parse(await answer.json()).data.tally.version
  }
  return versions
}
