/** A poll of a run while it is played: casts what was drawn and keeps what was heard. */
import { v7 as uuidv7 } from 'uuid'
import { rest } from '../../runtime/rest.ts'
import { choiceOf } from './choice.ts'
import type { Heard } from './explain.ts'
import type { Rules } from './model.ts'
import { isWaitedFor, optionIds, type Cast, type Run, type Step } from './runs.ts'
import { boxId, type OpenedPoll, type Stage } from './stage.ts'

// A vote is in if it was judged until so long after a scheduled close.
const graceMs = 2_000

// Around an edge: from so long before it on, one vote every few ms. An answer takes 2 to 50 ms.
const beforeEdgeMs = 40
const betweenMs = 12

export interface HeardInPlay extends Heard {
  readonly act: number
  readonly retries: number
}

export interface PollInPlay {
  readonly pollId: string
  readonly run: Run
  readonly rules: Rules
  readonly heard: readonly HeardInPlay[]
  /** Votes that were never answered. */
  readonly unheard: readonly string[]
  readonly play: (act: number) => Promise<void>
}

export function putIntoPlay(
  stage: Pick<Stage, 'cast'>,
  run: Run,
  { pollId, closesAt }: OpenedPoll,
): PollInPlay {
  const heard: HeardInPlay[] = []
  const unheard: string[] = []
  const voteIds = new Map<string, string>()
  const voteIdOf = (name: string) => {
    const voteId = voteIds.get(name) ?? uuidv7()
    voteIds.set(name, voteId)
    return voteId
  }

  async function castOne(act: number, cast: Cast): Promise<void> {
    const { key, idName, box, option, what } = choiceOf(run.boxes, cast)
    const voteId = voteIdOf(idName)
    try {
      const told = await stage.cast(cast.voter, cast.door, {
        ...{ pollId, box: boxId(box), optionId: optionIds[option] ?? '', voteId },
      })
      heard.push({ what, act, vote: { key, voteId, box, option }, ...told })
    } catch (error) {
      unheard.push(`${what}: ${String(error)}`)
    }
  }

  /** When the oldest vote of those that count leaves the window; null where the run does not wait for it. */
  function nextEdge(cast: Cast): number | null {
    const { key, box } = choiceOf(run.boxes, cast)
    const perSeconds = run.boxes[box]?.limit?.perSeconds
    if (!isWaitedFor(perSeconds)) return null
    const leaving = heard.flatMap(({ vote, verdict }) =>
      verdict.accepted && vote.key === key && vote.box === box ? [verdict.at + perSeconds * 1_000] : [],
    )
    const next = Math.min(...leaving.filter((at) => at > Date.now()))
    return Number.isFinite(next) ? next : null
  }

  async function playStep(act: number, step: Step): Promise<void> {
    switch (step.does) {
      case 'cast':
        await Promise.all(step.casts.map((cast) => castOne(act, cast)))
        return
      case 'wait':
        return rest(step.ms)
      case 'edge': {
        const { cast, votes } = step
        const casts = Array.from({ length: 2 * votes }, (_, i) => ({ ...cast, number: cast.number + i }))
        if (nextEdge(cast) === null) await Promise.all(casts.slice(0, votes).map((one) => castOne(act, one)))
        const edge = nextEdge(cast)
        if (edge === null) return
        const around = casts.slice(votes).map(async (one, i) => {
          await rest(Math.max(0, edge - beforeEdgeMs + i * betweenMs - Date.now()))
          await castOne(act, one)
        })
        await Promise.all(around)
      }
    }
  }

  return {
    ...{ pollId, run, heard, unheard },
    rules: { boxes: run.boxes, endsAt: closesAt === null ? null : closesAt + graceMs },
    async play(act) {
      // A door that answers nothing is not asked for an hour.
      for (const step of run.acts[act] ?? []) if (unheard.length === 0) await playStep(act, step)
    },
  }
}
