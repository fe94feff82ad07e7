/** Answers one `vote.cast` call as tRPC would, for little more than the vote itself costs. */
import { callTRPCProcedure, getTRPCErrorFromUnknown, getTRPCErrorShape, type TRPCError } from '@trpc/server'
import { getHTTPStatusCodeFromError } from '@trpc/server/http'
import type { CastVote, VoteAnswer } from '../../../contracts/vote.ts'
import type { Log } from '../../../runtime/log.ts'
import type { Voter } from '../../sessions/voter.ts'
import type { CallContext } from './procedures.ts'
import { readCast } from './read-cast.ts'
import type { AppRouter } from './router.ts'
import { statusOf } from './vote-status-code.ts'

/** How a call is answered. json: the body's text. */
export interface CallAnswer {
  readonly status: number
  readonly retryAfterS: number | null
  readonly json: string
}

/** `input`: the body, parsed. `context`: made only where the call has to go through its procedure. */
export type CastCall = (
  token: string | null,
  input: unknown,
  context: () => CallContext,
) => Promise<CallAnswer>

const path = 'vote.cast'
const type = 'mutation'

/**
 * A well-formed call of a genuine session goes straight to the ballot. Every other is left to the procedure, so that
 * its refusal is the procedure's own.
 */
export function makeCastCall(parts: {
  readonly router: AppRouter
  readonly readSession: CallContext['readSession']
  readonly castVote: (voter: Voter, vote: CastVote) => Promise<VoteAnswer>
  readonly log: Pick<Log, 'error'>
}): CastCall {
  const { router, readSession, castVote, log } = parts

  async function throughProcedure(input: unknown, ctx: CallContext): Promise<CallAnswer> {
    try {
      const call = { router, path, type, ctx, batchIndex: 0, signal: undefined } as const
      const answer: unknown = await callTRPCProcedure({ ...call, getRawInput: async () => input })
      return accept(answer as VoteAnswer)
    } catch (fault) {
      return refuse(getTRPCErrorFromUnknown(fault), input, ctx)
    }
  }

  function refuse(error: TRPCError, input: unknown, ctx: CallContext): CallAnswer {
    if (error.code === 'INTERNAL_SERVER_ERROR') log.error({ err: error, procedure: path }, 'a call failed')
    const shape = getTRPCErrorShape({ config: router._def._config, error, type, path, input, ctx })
    return {
      status: getHTTPStatusCodeFromError(error),
      retryAfterS: null,
      json: JSON.stringify({ error: shape }),
    }
  }

  return (token, input, context) => {
    const session = readSession(token)
    const vote = session.genuine ? readCast(input) : null
    if (!session.genuine || vote === null) return throughProcedure(input, context())
    return castVote(session.voter, vote).then(accept, (fault: unknown) =>
      refuse(getTRPCErrorFromUnknown(fault), input, context()),
    )
  }
}

const accept = (answer: VoteAnswer): CallAnswer => ({ ...statusOf(answer), json: textOf(answer) })

/** What JSON.stringify would say of it: ids, times and numbers need no escape. */
function textOf(answer: VoteAnswer): string {
  if (!answer.accepted) return JSON.stringify({ result: { data: answer } })
  const { voteId, acceptedAt, remaining, receipt } = answer
  const { batchId, position, path, signature, keyId } = receipt
  const proof =
    path === undefined || signature === undefined || keyId === undefined
      ? ''
      : `,"path":"${path}","signature":"${signature}","keyId":"${keyId}"`
  return (
    `{"result":{"data":{"accepted":true,"voteId":"${voteId}","acceptedAt":"${acceptedAt}","remaining":${remaining},` +
    `"receipt":{"batchId":"${batchId}","position":${position}${proof}}}}}`
  )
}
