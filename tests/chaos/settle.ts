/** Waits for the house to come to rest: all that was accepted is stored, emitted and shown. */
import { lookAtProgress } from './look.pg.ts'
import { jobsLeft, shownBy } from './look.ts'
import type { Traces } from './deeds.ts'
import type { Stage } from './stage.ts'
import { untilStill } from './until-still.ts'
import type { ChaosPoll, Voters } from './voters.ts'

/** Resolves when all agree, or nothing moves any more: the judge says what that means. */
export async function settle(
  stage: Stage,
  polls: readonly ChaosPoll[],
  voters: Voters,
  { forgotten }: Traces,
  signal: AbortSignal,
): Promise<void> {
  await untilStill({
    signal,
    async look() {
      const { stored, unemitted } = await stage.withDb(lookAtProgress)
      const jobs = await jobsLeft(stage)
      const totals = Map.groupBy(await shownBy(stage, polls), ({ by }) => by)
      const sums = [...totals.values()].map((its) =>
        its.flatMap(({ options }) => Object.values(options)).reduce((sum, n) => sum + n, 0),
      )
      return { stored, unemitted, jobs, sums }
    },
    isSo({ stored, unemitted, jobs, sums }) {
      const isThere = forgotten > 0 || stored >= voters.accepted()
      return isThere && unemitted === 0 && jobs === 0 && sums.every((sum) => sum === stored)
    },
  })
}
