/** The typed door: every procedure that a voter, a developer or a moderator can call. */
import {
  createPollShape,
  duplicatePollShape,
  onePollShape,
  openPollShape,
  publicPoll,
  updatePollShape,
} from '../../../contracts/poll.ts'
import { slugShape } from '../../../contracts/ids.ts'
import { castVoteShape, verifyShape, voteStatusInputShape } from '../../../contracts/vote.ts'
import type { Poll, PollRecord } from '../../../contracts/poll.ts'
import type { Allowance, CastVote, Session, VoteAnswer } from '../../../contracts/vote.ts'
import type { AskVoteStatus } from '../../ballot/vote-status.ts'
import type { Voter } from '../../sessions/voter.ts'
import { isPublic } from '../../broadcast/poll-watches.ts'
import type { PollCommands } from '../../polls/poll-commands.ts'
import { mostOfPage, pageOf } from '../../polls/poll-pages.ts'
import type { Log } from '../../../runtime/log.ts'
import { makeRemembered } from './remembered.ts'
import { adminProcedure, publicProcedure, refuse, router, sessionProcedure } from './procedures.ts'
import { z } from 'zod'

/** What the procedures are made of. Times in epoch ms. */
export interface RouterParts {
  readonly startSession: (previous: string | null) => Session
  readonly polls: {
    readonly list: () => readonly PollRecord[]
    readonly byId: (pollId: string) => PollRecord | null
    readonly bySlug: (slug: string) => PollRecord | null
  }
  /** Null where nobody whom this server trusts vouches for anyone by this token. */
  readonly verifySession: (previous: string | null, identityToken: string) => Session | null
  readonly castVote: (voter: Voter, vote: CastVote) => Promise<VoteAnswer>
  readonly voteStatus: AskVoteStatus
  /** Null where there is no such poll. */
  readonly allowance: (voter: Voter, pollId: string) => Promise<Allowance | null>
  readonly commands: PollCommands
  readonly log: Pick<Log, 'warn'>
}

export function makeRouter(parts: RouterParts) {
  const { startSession, verifySession, polls, castVote, voteStatus, commands } = parts
  const remembered = makeRemembered(parts.log)
  /** Drafts are nobody's business but the moderators'. */
  const seen = (poll: PollRecord | null, isAdmin: boolean): Poll => {
    if (poll === null || (poll.state === 'draft' && !isAdmin)) throw refuse('unknown-poll')
    return publicPoll(poll)
  }

  return router({
    session: router({
      /** Starts an anonymous voter session, or renews the one whose token came with the call. */
      start: publicProcedure.mutation(({ ctx }) => {
        const session = startSession(ctx.token)
        ctx.keepSession(session)
        return session
      }),
      /** The session of this call, from now on with the identity that the token vouches for. */
      verify: publicProcedure.input(verifyShape).mutation(({ input, ctx }) => {
        const session = verifySession(ctx.token, input.identityToken)
        if (session === null) throw refuse('identity-refused')
        ctx.keepSession(session)
        return session
      }),
    }),
    poll: router({
      /**
       * The newest 100 polls that are or were on air or are scheduled and are not archived, newest first. All of them,
       * page by page, searched and filtered, are in GraphQL's `polls`.
       */
      list: publicProcedure.query(() => pageOf(polls.list().filter(isPublic), {}, mostOfPage, null).polls),
      byId: publicProcedure
        .input(onePollShape)
        .query(({ input, ctx }) => seen(polls.byId(input.pollId), ctx.isAdmin)),
      bySlug: publicProcedure
        .input(z.strictObject({ slug: slugShape }))
        .query(({ input, ctx }) => seen(polls.bySlug(input.slug), ctx.isAdmin)),
    }),
    vote: router({
      /** Answers only when the vote is safe, or refused; a repeat of an accepted vote hears the same again. */
      cast: sessionProcedure.input(castVoteShape).mutation(({ input, ctx }) => castVote(ctx.voter, input)),
      /** What this voter may still do in a poll. */
      allowance: sessionProcedure.input(onePollShape).query(async ({ input, ctx }) => {
        const its = await remembered(parts.allowance(ctx.voter, input.pollId))
        if (its === null) throw refuse('unknown-poll')
        return its
      }),
      status: sessionProcedure.input(voteStatusInputShape).query(async ({ input, ctx }) => {
        const its = await remembered(voteStatus(ctx.voter, input))
        if (its === null) throw refuse('unavailable')
        return its
      }),
    }),
    admin: router({
      createPoll: adminProcedure
        .input(createPollShape)
        .mutation(async ({ input }) => done(await commands.create(input))),
      updatePoll: adminProcedure
        .input(updatePollShape)
        .mutation(async ({ input }) => done(await commands.update(input))),
      /** Opens a draft, scheduled or closed poll now; a poll that is open stays so. */
      openPoll: adminProcedure
        .input(openPollShape)
        .mutation(async ({ input }) => done(await commands.open(input))),
      /** Closes an open poll now, without grace; a poll that is closed stays so. */
      closePoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.close(input.pollId))),
      /** Says that voting is over: a closed poll is counted, certified once all is there, and never opened again. */
      certifyPoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.certify(input.pollId))),
      /** Lifts the embargo of a poll that is over: from now on everyone sees its counts. */
      revealPoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.reveal(input.pollId))),
      /** Takes a poll out of the lists; it can be brought back, and nothing of it is lost. */
      archivePoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.archive(input.pollId))),
      unarchivePoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.unarchive(input.pollId))),
      /** Makes a draft of the same question, options and rules: the next round, or a rehearsal. */
      duplicatePoll: adminProcedure
        .input(duplicatePollShape)
        .mutation(async ({ input }) => done(await commands.duplicate(input))),
      /** Deletes a poll in which nobody has voted. */
      deletePoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.remove(input.pollId))),
    }),
  })
}

export type AppRouter = ReturnType<typeof makeRouter>

/** A command's refusal leaves as a typed error, its poll as it is. */
function done(result: Awaited<ReturnType<PollCommands['create']>>): Poll {
  if (!result.done) throw refuse(result.reason, result.detail)
  return publicPoll(result.poll)
}
