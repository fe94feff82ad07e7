/** Where runs are played: two gateways and a worker on real services, voters with sessions, and what befalls them. */
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { told } from '../../contracts/client.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { voteRefusals } from '../../contracts/refusals.ts'
import { sessionShape, voteAnswerShape, type CastVote } from '../../contracts/vote.ts'
import { makeTestIdentity } from '../../gateway/sessions/test-identity.ts'
import { rest } from '../../runtime/rest.ts'
import { adminAt, startHouse, until, type Door, type House } from '../house.ts'
import type { Verdict } from './model.ts'
import { optionIds, voters, type Run } from './runs.ts'

const identitySecret = 'a secret that vouches for the voters of tests'

export interface OpenedPoll {
  readonly pollId: string
  /** When it closes, epoch ms. */
  readonly closesAt: number | null
}

/** Times in epoch ms; see Heard. */
export interface Told {
  readonly sentAt: number
  readonly askedAt: number
  readonly heardAt: number
  readonly verdict: Verdict
  /** How many answers were lost, or were "send it again". */
  readonly retries: number
}

/** The place of a gateway, or the one worker. */
export type Victim = 0 | 1 | 'worker'

export interface Stage extends AsyncDisposable {
  /** Opens a poll; both gateways know it then. */
  readonly open: (run: Run) => Promise<OpenedPoll>
  /** Casts until there is an answer, always with the same voteId; each new try goes to the other gateway. */
  readonly cast: (voter: number, door: number, vote: CastVote) => Promise<Told>
  /** Resolves when every accepted vote has gone through a worker. */
  readonly settle: () => Promise<void>
  readonly flush: () => Promise<void>
  /** Kills it; resolves when it is back. */
  readonly kill: (victim: Victim) => Promise<void>
  /** The votes in Postgres: lines of box, option and voteId, sorted, by poll. */
  readonly stored: (pollIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>
}

// A restore or the restart of a gateway on a hungry machine takes a few seconds.
const answerWithinMs = 45_000

const answerShape = z.object({ result: z.object({ data: voteAnswerShape }) })
const startedShape = z.object({ result: z.object({ data: sessionShape }) })

export async function openStage(): Promise<Stage> {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await startHouse())
  const env = { TEST_IDENTITY_SECRET: identitySecret }
  const [first, second, worker] = await Promise.all([
    ...([house.gateway({ env }), house.gateway({ env })] as const),
    house.workers(),
  ])
  const doors = [first, second] as const
  const doorAt = (place: number) => doors[place % 2] ?? doors[0]
  const tokens = await Promise.all(voters.map(({ person }) => startSession(doors[0], person)))

  const whole = stack.move()
  return {
    open: (run) => openPoll(doors, run),
    cast: (voter, door, vote) => castUntilTold((tries) => doorAt(door + tries), tokens[voter] ?? '', vote),
    settle: () => settle(house),
    flush: async () => void (await house.redis.flushall()),
    async kill(victim) {
      const its = victim === 'worker' ? worker : doors[victim].process
      await its.kill()
      await its.start()
    },
    stored: (pollIds) => storedVotes(house, pollIds),
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

async function startSession(door: Door, person: string | null): Promise<string> {
  const call = async (path: string, token: string, input?: object) => {
    const answer = await post(`${door.trpcUrl}/${path}`, token, input ?? {})
    return startedShape.parse(await answer.json()).result.data.token
  }
  const device = await call('session.start', '')
  if (person === null) return device
  return call('session.verify', device, { identityToken: makeTestIdentity(identitySecret, person) })
}

async function openPoll(doors: readonly Door[], run: Run): Promise<OpenedPoll> {
  const [door] = doors
  if (door === undefined) throw new Error('no door')
  const { trpc } = adminAt(door)
  const { pollId } = await trpc.admin.createPoll.mutate({
    ...{ question: 'Which dance?', slug: uuidv7(), options: [...optionIds] },
    boxes: run.boxes.map((box, i) => ({ ...box, boxId: boxId(i), weight: i === 0 ? 10_000 : 0 })),
  })
  const closesAt = await openUntil(trpc.admin, pollId, run.closesAfterMs)
  for (const each of doors) {
    await until('the gateway knows that it opened', async () => {
      const { state } = await adminAt(each).trpc.poll.byId.query({ pollId })
      return state !== 'draft'
    })
  }
  return { pollId, closesAt }
}

/** The end has to lie ahead when the call arrives: where the machine was too slow for that, it is put further off. */
async function openUntil(
  admin: ReturnType<typeof adminAt>['trpc']['admin'],
  pollId: string,
  afterMs: number | null,
): Promise<number | null> {
  const closesAt = afterMs === null ? null : Date.now() + afterMs
  try {
    await admin.openPoll.mutate({
      pollId,
      ...(closesAt !== null && { closesAt: new Date(closesAt).toISOString() }),
    })
    return closesAt
  } catch (error) {
    if (afterMs === null || closesAt === null || told(error).reason !== 'bad-input') throw error
    if (Date.now() < closesAt || afterMs > answerWithinMs) throw error
    return openUntil(admin, pollId, 2 * afterMs)
  }
}

export const boxId = (box: number): string => `box-${box}`

async function castUntilTold(doorFor: (tries: number) => Door, token: string, vote: CastVote): Promise<Told> {
  const sentAt = Date.now()
  for (let tries = 0; ; tries++) {
    const askedAt = Date.now()
    const verdict = await castOnce(doorFor(tries), token, vote)
    if (verdict !== null) return { sentAt, askedAt, heardAt: Date.now(), verdict, retries: tries }
    if (Date.now() - sentAt > answerWithinMs) throw new Error('never answered')
    await rest(20 + Math.random() * 60)
  }
}

/** Null where the same vote is to be sent again: the connection broke, or the gateway says so. */
async function castOnce(door: Door, token: string, vote: CastVote): Promise<Verdict | null> {
  let status: number
  let body: unknown
  try {
    const response = await post(`${door.trpcUrl}/vote.cast`, token, vote)
    status = response.status
    body = await response.json()
  } catch {
    return null
  }
  const answer = answerShape.safeParse(body)
  if (!answer.success) throw new Error(`${status} ${JSON.stringify(body)} for ${JSON.stringify(vote)}`)
  const told = answer.data.result.data
  if (told.accepted) return { accepted: true, at: Date.parse(told.acceptedAt), remaining: told.remaining }
  if (voteRefusals[told.reason].status === 503) return null
  const retryAt = told.retryAt === undefined ? null : Date.parse(told.retryAt)
  return { accepted: false, reason: told.reason, retryAt }
}

function post(url: string, token: string, input: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== '' && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(input),
  })
}

async function settle(house: House): Promise<void> {
  const sumOf = async (key: string) =>
    (await house.redis.hvals(key)).reduce((total, n) => total + Number(n), 0)
  await until(
    'no accepted vote waits',
    async () => (await sumOf(redisKeys.received)) === (await sumOf(redisKeys.admitted)),
  )
}

async function storedVotes(house: House, pollIds: readonly string[]): Promise<Map<string, string[]>> {
  const rows = await house.rows<{ poll_id: string; line: string }>(
    `select poll_id, box_no || ' ' || option_no || ' ' || vote_id as line
     from votes join polls using (poll_no) where poll_id = any($1) order by poll_id, line`,
    [pollIds],
  )
  const lines = new Map(pollIds.map((pollId) => [pollId, [] as string[]]))
  for (const { poll_id: pollId, line } of rows) lines.get(pollId)?.push(line)
  return lines
}
