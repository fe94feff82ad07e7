/** The kinds of procedure, by who may call them, and the one form in which an error leaves. */
import { initTRPC, TRPCError } from '@trpc/server'
import { ZodError } from 'zod'
import { callRefusals, type CallRefusal } from '../../../contracts/refusals.ts'
import type { Session } from '../../../contracts/vote.ts'
import type { Voter } from '../../sessions/voter.ts'

/** What a call brings with it. */
export interface CallContext {
  /** The bearer token, or failing that the session cookie. */
  readonly token: string | null
  readonly isAdmin: boolean
  readonly readSession: (
    token: string | null,
  ) =>
    | { readonly genuine: true; readonly voter: Voter }
    | { readonly genuine: false; readonly reason: CallRefusal }
  /** Sets the session cookie on the answer. */
  readonly keepSession: (session: Session) => void
}

class CallRefused extends Error {
  readonly reason: CallRefusal
  constructor(reason: CallRefusal, says: string = callRefusals[reason].says) {
    super(says)
    this.name = 'CallRefused'
    this.reason = reason
  }
}

const codes = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_SUPPORTED',
  409: 'CONFLICT',
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
  503: 'SERVICE_UNAVAILABLE',
} as const

/** The error that carries a refusal's code, status and sentence to the caller. */
export function refuse(reason: CallRefusal, says?: string): TRPCError {
  const cause = new CallRefused(reason, says)
  return new TRPCError({ code: codes[callRefusals[reason].status], message: cause.message, cause })
}

/** What is wrong with an input: `path: message` for each fault. */
function faults(error: ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length > 0 ? `${path.join('.')}: ${message}` : message,
  )
}

/** What tRPC itself refuses, in our words; null for a surprise. */
function reasonOf(code: TRPCError['code']): CallRefusal | null {
  switch (code) {
    case 'BAD_REQUEST':
    case 'PARSE_ERROR':
      return 'bad-input'
    case 'NOT_FOUND':
      return 'unknown-path'
    case 'METHOD_NOT_SUPPORTED':
      return 'method-not-allowed'
    case 'UNSUPPORTED_MEDIA_TYPE':
      return 'media-type'
    case 'PAYLOAD_TOO_LARGE':
      return 'body-too-large'
    default:
      return null
  }
}

const trpc = initTRPC.context<CallContext>().create({
  /** No stack, no inner message: a surprise says only that it was one. */
  errorFormatter({ shape, error }) {
    const { code, httpStatus, path } = shape.data
    const data = { code, httpStatus, ...(path !== undefined && { path }) }
    if (error.cause instanceof CallRefused) {
      return { ...shape, data: { ...data, reason: error.cause.reason, faults: [] as string[] } }
    }
    if (error.cause instanceof ZodError) {
      const wrong = faults(error.cause)
      return {
        ...shape,
        message: wrong.join('; '),
        data: { ...data, reason: 'bad-input' as const, faults: wrong },
      }
    }
    const reason = reasonOf(error.code)
    const says =
      error.code === 'INTERNAL_SERVER_ERROR' ? 'Something failed here; it was noted.' : shape.message
    return { ...shape, message: says, data: { ...data, reason, faults: [] as string[] } }
  },
})

export const router = trpc.router
export const publicProcedure = trpc.procedure

export const sessionProcedure = trpc.procedure.use(({ ctx, next }) => {
  const session = ctx.readSession(ctx.token)
  if (!session.genuine) throw refuse(session.reason)
  return next({ ctx: { ...ctx, voter: session.voter } })
})

export const adminProcedure = trpc.procedure.use(({ ctx, next }) => {
  if (!ctx.isAdmin) throw refuse('admin-token-needed')
  return next()
})
