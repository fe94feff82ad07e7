/** Asks a gateway's GraphQL as a moderator. */
import { z } from 'zod'
import { secrets } from '../house.ts'
import type { Stage } from './stage.ts'

const answerShape = z.object({ data: z.unknown() })
const withinMs = 10_000

/** The first gateway that answers is taken: one may have just been started again. */
export async function askModerator<T>(
  { gateways }: Stage,
  shape: z.ZodType<T>,
  query: string,
  variables: Readonly<Record<string, string>>,
): Promise<T> {
  let fault: unknown = new Error('there is no gateway')
  for (const { url } of gateways) {
    try {
      const answer = await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secrets.ADMIN_TOKEN}` },
        body: JSON.stringify({ query, variables }),
        signal: AbortSignal.timeout(withinMs),
      })
      return shape.parse(answerShape.parse(await answer.json()).data)
    } catch (error) {
      fault = error
    }
  }
  throw fault
}
