/** Closes each poll, asks for its certificate, and waits until it is there or says why it will not be. */
import { z } from 'zod'
import { adminAt } from '../house.ts'
import { askModerator } from './ask-moderator.ts'
import { lookAtAnchors } from './look.pg.ts'
import type { SeenCertificate } from './seen.ts'
import type { Stage } from './stage.ts'
import { untilStill } from './until-still.ts'
import type { ChaosPoll } from './voters.ts'

const certificationShape = z.object({
  poll: z.object({ state: z.string() }).nullable(),
  certification: z
    .object({
      admitted: z.number().nullable(),
      received: z.number().nullable(),
      missing: z.array(z.string()),
      lookedAt: z.string().nullable(),
      certifiedAt: z.string().nullable(),
    })
    .nullable(),
})

const query = `query Certification($id: ID!) { poll(id: $id) { state }
  certification(pollId: $id) { admitted received missing lookedAt certifiedAt } }`

export async function certifyPolls(
  stage: Stage,
  polls: readonly ChaosPoll[],
  forgotten: number,
  signal: AbortSignal,
): Promise<readonly SeenCertificate[]> {
  const seen = await untilStill({
    signal,
    async look() {
      const all: SeenCertificate[] = []
      for (const { pollId } of polls) all.push(await stepOn(stage, pollId))
      return all
    },
    // Where Redis forgot, what is lost stands in the way for good: whoever has looked and says so is at its end.
    isSo: (all) =>
      all.every(
        ({ isCertified, isLookedAt, missing }) =>
          isCertified || (forgotten > 0 && isLookedAt && missing.length > 0),
      ),
  })
  // The last anchors are witnesses only once Kafka has them.
  await untilStill({ signal, look: () => stage.withDb(lookAtAnchors), isSo: (many) => many === 0 })
  return seen ?? []
}

/** By the state that it finds: what failed before, or was done already, is no matter. */
async function stepOn(stage: Stage, pollId: string): Promise<SeenCertificate> {
  const { poll, certification } = await askModerator(stage, certificationShape, query, { id: pollId })
  const state = poll?.state ?? 'unknown'
  const [first] = stage.gateways
  if (first === undefined) throw new Error('no gateway')
  const { admin } = adminAt({ process: first.process, url: first.url, trpcUrl: `${first.url}/trpc` }).trpc
  if (state === 'open') await admin.closePoll.mutate({ pollId })
  if (state === 'closed') await admin.certifyPoll.mutate({ pollId })
  const { admitted = null, received = null, missing = [] } = certification ?? {}
  const { lookedAt = null, certifiedAt = null } = certification ?? {}
  return {
    ...{ pollId, state, admitted, received, missing },
    isCertified: state === 'certified' && certifiedAt !== null,
    isLookedAt: admitted !== null && received !== null && lookedAt !== null,
  }
}
