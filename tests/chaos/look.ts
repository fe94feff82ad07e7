/** Gathers all that can be seen from outside of a stage that is quiet. */
import { z } from 'zod'
import { batchQueue } from '../../contracts/batch.ts'
import { topics, votesRecordedShape } from '../../contracts/events.ts'
import { modelTallyShape } from '../../contracts/read-model.ts'
import { redisKeys } from '../../contracts/redis-keys.ts'
import { decodeShards, sumShards } from '../../contracts/tally.ts'
import { rest } from '../../runtime/rest.ts'
import { readAll } from '../read-topic.kafka.ts'
import { faultText } from './fault-text.ts'
import { lookAtRows } from './look.pg.ts'
import { toldOf, type Seen, type SeenEvent, type SeenStatus, type SeenTally } from './seen.ts'
import type { Stage } from './stage.ts'
import type { ChaosPoll, LoggedVote, Voters } from './voters.ts'

// Of each answer so many votes are asked for again.
const askedOfEach = 40

export async function lookFromOutside(
  stage: Stage,
  polls: readonly ChaosPoll[],
  voters: Voters,
): Promise<Seen> {
  const rows = await stage.withDb(lookAtRows)
  const messages = await readAll(stage.kafkaBrokers, topics.votes.topic)
  const events = new Map<string, SeenEvent>()
  for (const { value } of messages) {
    const event: unknown = JSON.parse(value)
    const { id, data } = votesRecordedShape.parse(event)
    // Parsed and written again, keys stay in the order in which they came.
    const bytes = JSON.stringify(dataShape.parse(event).data)
    events.set(id, { id, bytes, content: data })
  }
  return {
    ...rows,
    events: [...events.values()],
    messages: messages.length,
    tallies: await shownBy(stage, polls),
    statuses: await statusesOf(voters),
    jobsLeft: await jobsLeft(stage),
  }
}

const answered = async (url: string, init?: RequestInit): Promise<unknown> => {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(10_000) })
  if (answer.status !== 200) throw new Error(`${url} answers ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

const dataShape = z.object({ data: z.unknown() })
const optionsShape = z.array(z.object({ optionId: z.string(), votes: z.number() }))
const graphqlShape = z.object({ data: z.object({ tally: z.object({ options: optionsShape }) }) })
const totalsShape = z.object({ options: optionsShape })

/** Whoever shows counts: each gateway's GraphQL and totals, Redis, and the read model where there is one. */
export async function shownBy(stage: Stage, polls: readonly ChaosPoll[]): Promise<SeenTally[]> {
  const shown: SeenTally[] = []
  const add = (by: string, pollId: string, options: z.infer<typeof optionsShape>) =>
    shown.push({ by, pollId, options: Object.fromEntries(options.map((its) => [its.optionId, its.votes])) })
  for (const { pollId, optionIds } of polls) {
    for (const { url, process } of stage.gateways) {
      const query = `{ tally(pollId: "${pollId}") { options { optionId votes } } }`
      const body = { method: 'POST', headers: { 'content-type': 'application/json' } }
      const told = await answered(`${url}/graphql`, { ...body, body: JSON.stringify({ query }) })
      add(`the GraphQL of ${process.name}`, pollId, graphqlShape.parse(told).data.tally.options)
      const totals = totalsShape.parse(await answered(`${url}/api/polls/${pollId}/totals`))
      add(`the totals of ${process.name}`, pollId, totals.options)
    }
    const shards = decodeShards(await stage.redis.hgetall(redisKeys.tally(pollId)))
    const { counts } = sumShards(pollId, optionIds.length, shards)
    add(
      'Redis',
      pollId,
      optionIds.map((optionId, i) => ({ optionId, votes: counts[i] ?? 0 })),
    )
    if (stage.readModelUrl === null) continue
    const model = modelTallyShape.parse(await answered(`${stage.readModelUrl}/tallies/${pollId}`))
    add('the read model', pollId, model.options)
  }
  return shown
}

/** Of the votes that were refused, accepted, or never answered, some are asked for by their voters. */
async function statusesOf({ log, as }: Voters): Promise<SeenStatus[]> {
  const asked: LoggedVote[] = []
  for (const told of ['accepted', 'refused', 'nothing'] as const) {
    const all = log.filter((vote) => toldOf(vote) === told)
    const every = Math.max(1, Math.floor(all.length / askedOfEach))
    asked.push(...all.filter((_, i) => i % every === 0).slice(0, askedOfEach))
  }
  const statuses: SeenStatus[] = []
  for (const vote of asked) statuses.push({ voteId: vote.voteId, state: await statusOf(vote, as) })
  return statuses
}

async function statusOf(vote: LoggedVote, as: Voters['as']): Promise<string> {
  const { pollId, voteId, answers } = vote
  const accepted = answers.find((answer) => answer.accepted)
  const receipt = accepted?.accepted === true ? { receipt: accepted.receipt } : {}
  for (let tries = 1; ; tries++) {
    try {
      return (await as(vote).trpc.vote.status.query({ pollId, voteId, ...receipt })).state
    } catch (fault) {
      if (tries === 10) return faultText(fault)
      await rest(500)
    }
  }
}

/** Jobs in any of the queue's lists. */
export async function jobsLeft({ redis }: Stage): Promise<number> {
  const queue = `${batchQueue.prefix}:${batchQueue.name}`
  const [wait, active, delayed, failed] = await Promise.all([
    redis.llen(`${queue}:wait`),
    redis.llen(`${queue}:active`),
    redis.zcard(`${queue}:delayed`),
    redis.zcard(`${queue}:failed`),
  ])
  return wait + active + delayed + failed
}
