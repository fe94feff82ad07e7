/** Asks for the reconciliation of each poll, made after the house came to rest. */
import { z } from 'zod'
import { askModerator } from './ask-moderator.ts'
import { whatIsOff, type Expected } from './judge-end.ts'
import type { SeenBooks } from './seen.ts'
import type { Stage } from './stage.ts'
import { untilStill } from './until-still.ts'

const reportShape = z.object({
  reconciliation: z
    .object({
      asOf: z.string(),
      books: z.object({
        ...{ accepted: z.number(), counted: z.number(), repeats: z.number(), refused: z.number() },
        ...{ rejected: z.number(), waiting: z.number(), lost: z.number(), unexplained: z.number() },
      }),
      sources: z.array(
        z.object({ name: z.string(), votes: z.number().nullable(), fault: z.string().nullable() }),
      ),
      drifts: z.array(z.object({ what: z.string(), says: z.string() })),
    })
    .nullable(),
})

const query = `query Books($id: ID!) { reconciliation(pollId: $id) {
  asOf books { accepted counted repeats refused rejected waiting lost unexplained }
  sources { name votes fault } drifts { what says } } }`

/** Resolves when all are as they have to be, or nothing moves any more. */
export async function lookAtBooks(
  stage: Stage,
  expected: readonly Expected[],
  signal: AbortSignal,
): Promise<readonly SeenBooks[]> {
  const restsSince = Date.now()
  const seen = await untilStill({
    signal,
    async look() {
      const all: SeenBooks[] = []
      for (const { pollId } of expected) {
        const { reconciliation: its } = await askModerator(stage, reportShape, query, { id: pollId })
        // What was reported while faults were done says nothing of the end.
        if (its === null || Date.parse(its.asOf) <= restsSince) continue
        const { books, sources, drifts } = its
        all.push({ pollId, books, sources, drifts })
      }
      return all
    },
    isSo: (all) =>
      expected.every(
        (its) =>
          whatIsOff(
            its,
            all.find(({ pollId }) => pollId === its.pollId),
          ).length === 0,
      ),
  })
  return seen ?? []
}
