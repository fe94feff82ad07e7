/** Simulated people who vote at human pace through the typed client: `node local/crowd.ts --people 300 --trpc-url URL`. */
import { setMaxListeners } from 'node:events'
import { setTimeout as rest } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { makeUrnaClient, type UrnaClient } from '../contracts/client.ts'
import type { BallotBox, Poll } from '../contracts/poll.ts'

// One visit: arrive within 4 s of the last guest's leaving, look for 2-8 s, then watch the count for 3-23 s: 20 s on
// average. Where a box takes more than one vote, a guest casts one to three, a second or so apart.
const arriveWithinMs = 4_000
const lookMs = { least: 2_000, most: 8_000 }
const watchMs = { least: 3_000, most: 23_000 }
const nextVoteMs = { least: 500, most: 2_000 }
const mostVotesOfAGuest = 3
const pollsEveryMs = 2_000
const tellEveryMs = 10_000

export interface CrowdOptions {
  readonly people: number
  readonly trpcUrl: string
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** One timer and one small object for each person; nothing is kept of who has left. */
export async function gatherCrowd({ people, trpcUrl, signal, say }: CrowdOptions): Promise<void> {
  const told = { accepted: 0, refused: 0, retries: 0, gaveUp: 0 }
  let openPolls: readonly Poll[] = []

  const followPolls = async () => {
    const { trpc } = makeUrnaClient({ trpcUrl })
    for (;;) {
      // While the gateway is away the crowd stands before the polls it last saw, and its calls are retried.
      const polls = await trpc.poll.list.query(undefined, { signal }).catch(() => null)
      if (polls !== null) openPolls = polls.filter((poll) => poll.state === 'open')
      await rest(pollsEveryMs, undefined, { signal })
    }
  }

  const voteIn = async (poll: Poll, client: UrnaClient) => {
    // Nobody vouches for a guest.
    const box = poll.boxes.find(({ voters }) => voters === 'device')
    if (box === undefined) return
    for (let votes = votesOfAGuest(box); votes > 0; votes--) {
      const optionId = favourite(poll)
      if (optionId === undefined) return
      const choice = { pollId: poll.pollId, optionId, box: box.boxId, another: true }
      const answer = await client.cast(choice, signal).catch(() => null)
      if (answer === null) told.gaveUp++
      else if (answer.accepted) told.accepted++
      else told.refused++
      if (votes > 1) await rest(between(nextVoteMs), undefined, { signal })
    }
  }

  const visit = async () => {
    const client = makeUrnaClient({ trpcUrl, giveUpAfterMs: 30_000, onRetry: () => told.retries++ })
    await rest(between(lookMs), undefined, { signal })
    const poll = openPolls[Math.floor(Math.random() * openPolls.length)]
    if (poll !== undefined) await voteIn(poll, client)
    await rest(between(watchMs), undefined, { signal })
  }

  const seat = async () => {
    await rest(Math.random() * 20_000, undefined, { signal }) // not everybody through the door at once
    for (;;) {
      await rest(Math.random() * arriveWithinMs, undefined, { signal })
      await visit()
    }
  }

  const tell = async () => {
    for (;;) {
      await rest(tellEveryMs, undefined, { signal })
      say(`${people} people, ${openPolls.length} open polls, votes so far: ${JSON.stringify(told)}`)
    }
  }

  const ends = [followPolls(), tell(), ...Array.from({ length: people }, seat)]
  await Promise.all(
    ends.map((end) =>
      end.catch((fault: unknown) => {
        if (!signal.aborted) throw fault
      }),
    ),
  )
}

/** A poll has its own taste, drawn from its id, so that its bars keep their order: the weights fall like 1, 1/2, 1/3. */
function favourite(poll: Poll): string | undefined {
  const first = Number.parseInt(poll.pollId.slice(-6), 16) % poll.options.length
  const weights = poll.options.map((_, i) => 1 / (1 + ((i + first) % poll.options.length)))
  let draw = Math.random() * weights.reduce((sum, weight) => sum + weight, 0)
  return poll.options.find((_, i) => (draw -= weights[i] ?? 0) <= 0)?.optionId
}

const votesOfAGuest = ({ limit }: BallotBox): number =>
  Math.min(limit?.votes ?? mostVotesOfAGuest, Math.ceil(Math.random() * mostVotesOfAGuest))

const between = ({ least, most }: { least: number; most: number }) => least + Math.random() * (most - least)

if (import.meta.main) {
  const { values } = parseArgs({ options: { people: { type: 'string' }, 'trpc-url': { type: 'string' } } })
  const people = Number(values.people ?? 100)
  const trpcUrl = values['trpc-url'] ?? 'http://127.0.0.1:3000/trpc'
  const leaving = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => leaving.abort())
  // Every person waits on this one signal.
  setMaxListeners(0, leaving.signal)
  const say = (line: string) => console.log(`${new Date().toISOString()} ${line}`)
  await gatherCrowd({ people, trpcUrl, signal: leaving.signal, say })
}
