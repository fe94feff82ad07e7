/** The typed door: every procedure that a voter, a developer or a moderator can call. */
import { onePollShape, publicPoll, createPollShape, updatePollShape } from '../../../contracts/poll.ts'
import { slugShape } from '../../../contracts/ids.ts'
import { castVoteShape, voteStatusInputShape } from '../../../contracts/vote.ts'
import type { Poll, PollRecord } from '../../../contracts/poll.ts'
import type { CastVote, Session, VoteAnswer, VoteStatus } from '../../../contracts/vote.ts'
import type { PollCommands } from '../../polls/poll-commands.ts'
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
  readonly castVote: (sessionId: string, vote: CastVote) => Promise<VoteAnswer>
  readonly voteStatus: (sessionId: string, asked: { pollId: string; voteId: string }) => Promise<VoteStatus>
  readonly commands: PollCommands
}

export function makeRouter({ startSession, polls, castVote, voteStatus, commands }: RouterParts) {
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
    }),
    poll: router({
      /** Polls that are or were on air or are scheduled; newest first. */
      list: publicProcedure.query(() =>
        polls
          .list()
          .filter((poll) => poll.state !== 'draft')
          .map(publicPoll),
      ),
      byId: publicProcedure
        .input(onePollShape)
        .query(({ input, ctx }) => seen(polls.byId(input.pollId), ctx.isAdmin)),
      bySlug: publicProcedure
        .input(z.strictObject({ slug: slugShape }))
        .query(({ input, ctx }) => seen(polls.bySlug(input.slug), ctx.isAdmin)),
    }),
    vote: router({
      /** Answers only when the vote is safe, or refused; a repeat of an accepted vote hears the same again. */
      cast: sessionProcedure
        .input(castVoteShape)
        .mutation(({ input, ctx }) => castVote(ctx.sessionId, input)),
      status: sessionProcedure
        .input(voteStatusInputShape)
        .query(({ input, ctx }) => voteStatus(ctx.sessionId, input)),
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
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.open(input.pollId))),
      /** Closes an open poll now, without grace; a poll that is closed stays so. */
      closePoll: adminProcedure
        .input(onePollShape)
        .mutation(async ({ input }) => done(await commands.close(input.pollId))),
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
  if (!result.done) throw refuse(result.reason)
  return publicPoll(result.poll)
}
