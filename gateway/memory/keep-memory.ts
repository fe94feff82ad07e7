/** Knows whether Redis still holds the memory that votes were judged by, and has it restored where it does not. */
import { v7 as uuidv7 } from 'uuid'
import type { Log } from '../../runtime/log.ts'
import { repeat } from '../../runtime/rest.ts'
import { tellOutage } from '../../runtime/tell-outage.ts'
import type { KnownMemory } from '../ballot/commit-group.ts'

const beatEveryMs = 1_000

export interface MemoryKeeper extends KnownMemory, AsyncDisposable {
  /** For a readiness check. */
  readonly isFit: () => boolean
  /** Resolves when a memory is fit for the first time; rejects where the first look at it failed, and looks on. */
  readonly taken: Promise<void>
}

/**
 * Beats once a second. A memory that is not the expected one is given up at once (`known` is null, nobody votes)
 * and restored; a Redis that cannot be reached is no other memory, so what was known stays known. Postgres being away
 * does not end a memory that Redis still has.
 */
export function keepMemory(parts: {
  readonly beat: (expected: { epoch: string; lowestBeat: number }) => Promise<number | null>
  readonly readMirror: () => Promise<{ epoch: string; beat: number } | null>
  readonly mirrorBeat: (mirror: { epoch: string; beat: number }) => Promise<void>
  /** Restores Redis from Postgres under a new epoch, unless another gateway has done so. */
  readonly restore: () => Promise<void>
  readonly log: Log
}): MemoryKeeper {
  const { beat, readMirror, mirrorBeat, restore, log } = parts
  const mirroring = tellOutage(log, {
    gone: 'Postgres cannot mirror the beat of Redis for now',
    back: 'Postgres mirrors the beat of Redis again',
  })
  const looking = tellOutage(log, {
    gone: 'could not look at the memory of Redis; looking on',
    back: 'the memory of Redis can be looked at again',
  })
  let isRestoring = false
  let known: { epoch: string; lowestBeat: number; run: string } | null = null

  /** Takes up the memory that Postgres mirrors, if Redis holds it; a memory taken up is a new run. */
  async function takeUp(): Promise<boolean> {
    const mirror = await readMirror()
    if (mirror === null) return false
    const expected = { epoch: mirror.epoch, lowestBeat: mirror.beat, run: uuidv7() }
    const now = await beat(expected)
    if (now === null) return false
    known = { ...expected, lowestBeat: now }
    isRestoring = false
    log.info({ epoch: expected.epoch, run: expected.run }, 'Redis holds the memory that Postgres mirrors')
    return true
  }

  async function look(): Promise<void> {
    const held = known
    if (held !== null) {
      const now = await beat(held)
      // Doubted meanwhile: what was heard is of a memory that is no longer believed in.
      if (known !== held) return loop?.wake()
      if (now === null) known = null
      else {
        known = { ...held, lowestBeat: now }
        // Where another gateway set a new epoch, Redis said so above; Postgres being away is not our end.
        await mirrorBeat({ epoch: held.epoch, beat: now }).then(mirroring.works, mirroring.failed)
        return
      }
    }
    if (await takeUp()) return
    if (!isRestoring) log.warn('Redis holds another memory; restoring it from Postgres')
    isRestoring = true
    await restore()
    await takeUp()
  }

  let loop: ReturnType<typeof repeat> | null = null
  const lookOn = () => {
    loop = repeat(beatEveryMs, () => look().then(looking.works), looking.failed)
  }
  const taken = look()
  taken.then(lookOn, lookOn)
  return {
    taken,
    known: () => known,
    isFit: () => known !== null,
    doubt() {
      known = null
      loop?.wake()
    },
    async [Symbol.asyncDispose]() {
      await taken.catch(() => undefined)
      await loop?.stop()
    },
  }
}
