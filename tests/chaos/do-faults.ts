/** Does each drawn fault at its time, and counts those that really happened and met votes in flight. */
import { rest } from '../../runtime/rest.ts'
import { doFault, type Traces } from './deeds.ts'
import { partOf, type DrawnFault } from './draw-faults.ts'
import { faultText } from './fault-text.ts'
import { inWords } from './fault-words.ts'
import { lookAtProgress } from './look.pg.ts'
import type { Stage } from './stage.ts'
import type { Voters } from './voters.ts'

export interface Done {
  /** Faults that did what they are there for. */
  readonly happened: number
  /** Of these, how many began while votes were in flight. */
  readonly met: number
}

/** What became of one fault, and whether votes were in flight when it began. */
export interface Outcome {
  readonly happened: boolean
  readonly isInFlight: boolean
}

/** What did not happen has met nothing, whatever was in flight. */
export function countDone(outcomes: readonly Outcome[]): Done {
  const happened = outcomes.filter((its) => its.happened)
  return { happened: happened.length, met: happened.filter(({ isInFlight }) => isInFlight).length }
}

/** Each begins at its time, or as soon as what it befalls is itself again. */
export async function doFaults(
  faults: readonly DrawnFault[],
  its: {
    readonly stage: Stage
    readonly voters: Voters
    readonly traces: Traces
    readonly say: (line: string) => void
    readonly signal: AbortSignal
  },
): Promise<Done> {
  const { stage, voters, traces, say, signal } = its
  const startedAt = Date.now()
  const under = new Map<string, Promise<void>>()
  const all: Promise<void>[] = []
  const outcomes: Outcome[] = []
  for (const fault of faults) {
    await rest(startedAt + fault.atMs - Date.now(), signal)
    // Two deeds never hold the same process or server at once.
    const part = partOf(fault)
    await under.get(part)
    signal.throwIfAborted()
    const open = voters.open()
    const stored = await stage.withDb(lookAtProgress).then(
      (progress) => progress.stored,
      () => null,
    )
    const unstored = stored === null ? null : Math.max(0, voters.accepted() - stored)
    const isInFlight = open > 0 || (unstored ?? 0) > 0
    const second = ((Date.now() - startedAt) / 1_000).toFixed(1).padStart(6)
    const waiting = unstored === null ? 'Postgres away' : `${unstored} accepted and not stored`
    say(
      `#${fault.no} ${second} s  ${inWords(fault, stage)}; in flight: ${open} sent and not answered, ${waiting}`,
    )
    const deed = doFault(fault, stage, voters, traces).then(
      ({ happened, says }) => {
        outcomes.push({ happened, isInFlight })
        say(`      #${fault.no}: ${inOneWord({ happened, isInFlight })}: ${says}`)
      },
      (error: unknown) => {
        throw new Error(`fault ${fault.no} (${fault.kind}) went wrong: ${faultText(error)}`, { cause: error })
      },
    )
    deed.catch(() => undefined)
    under.set(part, deed)
    all.push(deed)
  }
  await Promise.all(all)
  return countDone(outcomes)
}

const inOneWord = ({ happened, isInFlight }: Outcome): string => {
  if (!happened) return 'did not happen'
  return isInFlight ? 'met votes' : 'happened, and met no votes'
}
