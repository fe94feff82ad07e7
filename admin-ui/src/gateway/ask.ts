/** Asks one GraphQL query over POST. */
import { z } from 'zod'
import type { TypedDocumentString } from '../generated/graphql.ts'

/** whole: a part that failed fails the question; without it that part is null in the answer. */
export type Ask = <Answer, Variables extends Record<string, unknown>>(
  document: TypedDocumentString<Answer, Variables>,
  variables: Variables,
  signal: AbortSignal,
  its?: { readonly whole?: boolean },
) => Promise<Answer>

/** The schema's types are the generated document's; this border only tells an answer from a fault. */
const answerShape = <Answer>() =>
  z.object({
    data: z.custom<Answer>((data) => data !== null && data !== undefined).optional(),
    errors: z.array(z.object({ message: z.string() })).optional(),
  })

export function makeAsk({ url, token }: { url: string; token: string }): Ask {
  return async <Answer, Variables extends Record<string, unknown>>(
    document: TypedDocumentString<Answer, Variables>,
    variables: Variables,
    signal: AbortSignal,
    { whole = false }: { readonly whole?: boolean } = {},
  ) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
      },
      body: JSON.stringify({ query: document.toString(), variables }),
      signal,
    })
    const answer: unknown = await response.json()
    const { data, errors } = answerShape<Answer>().parse(answer)
    const fault = errors?.[0]?.message
    if (data === undefined) throw new Error(fault ?? `the gateway answered ${response.status}`)
    if (whole && fault !== undefined) throw new Error(fault)
    return data
  }
}
