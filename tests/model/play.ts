/** Plays runs side by side on one stage. */
import { putIntoPlay } from './poll-in-play.ts'
import type { Interlude, Run } from './runs.ts'
import type { Stage, Victim } from './stage.ts'
import { judgePlayed, type Played } from './judge-played.ts'

// So many polls are played side by side.
const together = 80

const victims: { readonly [interlude in Interlude]?: Victim } = {
  ...{ 'kill 0': 0, 'kill 1': 1, 'kill worker': 'worker' },
}

/** Wave by wave, those with the same interludes together; `place` is the run's place in `runs`. */
export async function* playWaves(
  stage: Stage,
  runs: readonly Run[],
): AsyncGenerator<readonly { readonly place: number; readonly played: Played }[]> {
  const alike = Map.groupBy(runs.entries(), ([, run]) => JSON.stringify(run.interludes))
  for (const group of alike.values()) {
    for (let from = 0; from < group.length; from += together) {
      const wave = group.slice(from, from + together)
      const all = await playTogether(
        stage,
        wave.map(([, run]) => run),
      )
      yield all.map((played, i) => ({ place: wave[i]?.[0] ?? 0, played }))
    }
  }
}

/** What befalls one befalls all. Answers in the order of `runs`. */
async function playTogether(stage: Stage, runs: readonly Run[]): Promise<Played[]> {
  const [first] = runs
  if (first === undefined) return []
  const polls = await inTurns(8, runs, async (run) => putIntoPlay(stage, run, await stage.open(run)))
  for (const act of first.acts.keys()) {
    const interlude = first.interludes[act - 1] ?? 'nothing'
    // What was lost with the queue may be voted again, which the model does not know: nothing waits when it is lost.
    if (interlude === 'amnesia') {
      await stage.settle()
      await stage.flush()
    }
    const victim = victims[interlude]
    const isBack = victim === undefined ? null : stage.kill(victim)
    await Promise.all([isBack, ...polls.map((its) => its.play(act))])
  }
  await stage.settle()
  const stored = await stage.stored(polls.map(({ pollId }) => pollId))
  return polls.map((its) => judgePlayed(its, stored.get(its.pollId) ?? []))
}

/** So many at a time. */
async function inTurns<T, R>(most: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (let i = 0; i < items.length; i += most)
    results.push(...(await Promise.all(items.slice(i, i + most).map(work))))
  return results
}
