/** Voters who go on voting at several doors, each once, and the log of what they were told. */
import { v7 as uuidv7 } from 'uuid'
import { makeUrnaClient } from '../contracts/client.ts'
import { rest } from '../runtime/rest.ts'
import type { Door } from './house.ts'

/** One vote as its voter saw it; times in epoch ms. */
export interface LoggedVote {
  readonly voteId: string
  readonly startedAt: number
  /** When it was refused with 503, to be sent again. */
  readonly refusedAt: number[]
  acceptedAt: number | null
}

export interface LoggedCrowd {
  readonly log: readonly LoggedVote[]
  /** Resolves when all who have begun were accepted; throws what anyone heard besides. */
  readonly end: () => Promise<void>
}

// People, not a load test: two cores are shared with a whole cluster.
const betweenVotesMs = 40

/**
 * So many at a time, until it is ended. Who is sent back tries on until the vote is in, and the next one comes
 * meanwhile: those who wait keep nobody else away.
 */
export function startCrowd(doors: readonly Door[], pollId: string, atATime = 16): LoggedCrowd {
  const log: LoggedVote[] = []
  const votes: Promise<void>[] = []
  let isEnding = false

  async function cast(its: LoggedVote, { trpcUrl }: Door, onRefused: () => void): Promise<void> {
    const client = makeUrnaClient({
      ...{ trpcUrl, giveUpAfterMs: 120_000 },
      async fetch(address, init) {
        const answer = await fetch(address, { ...init, signal: init?.signal ?? null })
        if (answer.status === 503) {
          its.refusedAt.push(Date.now())
          onRefused()
        }
        return answer
      },
    })
    const answer = await client.cast({ pollId, optionId: 'samba', voteId: its.voteId })
    if (!answer.accepted) throw new Error(`a vote was refused: ${answer.reason}`)
    its.acceptedAt = Date.now()
  }

  async function beVoters(seat: number): Promise<void> {
    for (let n = seat; !isEnding; n++) {
      const door = doors[n % doors.length]
      if (door === undefined) throw new Error('a crowd needs a door')
      const its: LoggedVote = { voteId: uuidv7(), startedAt: Date.now(), refusedAt: [], acceptedAt: null }
      log.push(its)
      const refused = Promise.withResolvers<void>()
      const casting = cast(its, door, refused.resolve)
      votes.push(casting)
      await Promise.race([casting, refused.promise])
      await rest(betweenVotesMs)
    }
  }

  const seats = Promise.all(Array.from({ length: atATime }, (_, seat) => beVoters(seat)))
  seats.catch(() => undefined)
  return {
    log,
    async end() {
      isEnding = true
      await seats
      await Promise.all(votes)
    },
  }
}
