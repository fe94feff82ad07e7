/** The one form in which an error leaves through GraphQL: a code of ours, a sentence, an HTTP status. */
import { GraphQLError, type ExecutionResult } from 'graphql'
import { z } from 'zod'
import { callRefusals, type CallRefusal } from '../../../contracts/refusals.ts'

/** `reason` is our word for it, as in tRPC's answers; `code` is where GraphQL's tools look. */
function extensions(code: string, status: number) {
  return {
    code,
    reason: code,
    http: { status, ...(status === 503 && { headers: { 'retry-after': '1' } }) },
  }
}

/** The error that carries a refusal's code, status and sentence to the viewer. */
export function refuse(reason: CallRefusal, says: string = callRefusals[reason].says): GraphQLError {
  return new GraphQLError(says, { extensions: extensions(reason, callRefusals[reason].status) })
}

/** A query that asks for more than one may. */
export function refuseQuery(
  code: 'query-too-deep' | 'query-too-costly' | 'too-many-aliases',
  says: string,
): GraphQLError {
  return new GraphQLError(says, { extensions: extensions(code, 400) })
}

/** One operation more than a connection may have; nothing of it is executed. */
export function refuseOperation(says: string): { readonly as: 'invalid'; readonly result: ExecutionResult } {
  const error = new GraphQLError(says, { extensions: extensions('too-many-operations', 429) })
  return { as: 'invalid', result: { errors: [error] } }
}

/** A request about an event stream that cannot be met. */
export function refuseStream(
  code: 'unknown-stream' | 'stream-taken' | 'operation-taken' | 'too-many-operations' | 'bad-input',
  status: 400 | 404 | 409 | 429,
  says: string,
): { readonly as: 'unfit'; readonly result: ExecutionResult } {
  return {
    as: 'unfit',
    result: { errors: [new GraphQLError(says, { extensions: extensions(code, status) })] },
  }
}

/** What nobody foresaw is noted, and leaves as this. */
export const surprise = {
  says: 'Something failed here; it was noted.',
  error: () => new GraphQLError(surprise.says, { extensions: { code: 'INTERNAL_SERVER_ERROR' } }),
}

/**
 * What was not refused by us came from GraphQL itself: it gets a code of ours, and no stack ever. What was keeps its
 * code, but not the mark by which Yoga would answer 200 with an error inside.
 */
export function toTypedError(error: GraphQLError): GraphQLError {
  const { message, nodes, source, positions, path, extensions: told } = error
  const isSurprise = told['code'] === 'INTERNAL_SERVER_ERROR' || told['reason'] === 'internal'
  const code = typeof told['reason'] === 'string' ? told['reason'] : isSurprise ? 'internal' : 'bad-input'
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    source: source ?? null,
    positions: positions ?? null,
    path: path ?? null,
    extensions: extensions(code, isSurprise ? 500 : statusOf(told['http'])),
  })
}

const httpShape = z.object({ status: z.number(), headers: z.record(z.string(), z.string()).default({}) })

/** The status and the headers with which a typed error leaves where it is the whole answer. */
export function httpOf(error: GraphQLError): z.infer<typeof httpShape> {
  return httpShape.parse(error.extensions['http'])
}

/** 400 where GraphQL itself names none. */
function statusOf(http: unknown): number {
  const status = typeof http === 'object' && http !== null && 'status' in http ? http.status : undefined
  return typeof status === 'number' && status >= 400 ? status : 400
}
