/** Sends the requests of one run over the connections, at the pace that was asked for, and keeps the books. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Answer } from './read-answer.ts'
import type { Connection } from './connection.ts'
import { judgeAnswer } from './judge-answer.ts'
import { latencyOf } from './latency.ts'
import type { Progress, RunPlan, RunTold, VotersSetup } from './messages.ts'
import type { Requests } from './requests.ts'

export interface Running {
  readonly told: Promise<RunTold>
  readonly progress: () => Progress
  readonly onAnswer: (connection: number, answer: Answer) => void
  readonly onCut: (connection: number) => void
  /** Ends the pace now. */
  readonly endPace: () => void
  /** Of each request, whether it was accepted. */
  readonly accepted: Uint8Array
  /** Of each request, when it was due, in ms of performance.now(). */
  readonly dueAt: (i: number) => number
}

const nothing = -1

export function runRequests(its: {
  readonly setup: VotersSetup
  readonly plan: RunPlan
  readonly requests: Requests
  readonly connections: readonly Connection[]
}): Running {
  const { setup, plan, requests, connections } = its
  const { pace } = plan
  const due = new Float64Array(requests.count)
  const accepted = new Uint8Array(requests.count)
  const latencies = new Float32Array(requests.count)
  /** The request under way on each connection. */
  const under = new Int32Array(connections.length).fill(nothing)
  const free: number[] = connections.map((_, c) => c)
  /** Votes that found no room, in the order in which they are to be sent again. */
  const again = makeAgain()
  const refused: Record<string, number> = {}
  const noRoom: Record<string, number> = {}
  const wrongExamples: string[] = []
  let [next, sent, acceptedCount, acceptedInPace, noRoomCount, wrong, cut, answered] = [
    0, 0, 0, 0, 0, 0, 0, 0,
  ]
  let isPacing = true
  /** What an open pace made due, though it may not have found a connection by its end. */
  let owed = 0
  let paceEndedAt = 0
  let lastAnswerAt = 0

  const ended = Promise.withResolvers<undefined>()
  const loopDelay = monitorEventLoopDelay({ resolution: 5 })
  loopDelay.enable()
  const cpuBefore = process.cpuUsage()
  const startedAt = performance.now()
  const paceEndsAt = startedAt + pace.seconds * 1000

  /** How many requests are due by now. */
  const dueCount = (now: number): number => {
    if (!isPacing) return owed
    if (pace.kind === 'closed') return requests.count
    return Math.min(requests.count, Math.floor(((now - startedAt) / 1000) * pace.rate) + 1)
  }

  const send = (c: number, request: number) => {
    under[c] = request
    sent++
    connections[c]?.send(requests.bytesOf(request))
  }

  /** Gives a free connection its next request; false where nothing is due. */
  const dispatch = (c: number, now: number): boolean => {
    const request = isPacing || plan.untilAllAccepted ? again.take(now) : null
    if (request !== null) {
      send(c, request)
      return true
    }
    if (next >= dueCount(now)) return false
    due[next] = pace.kind === 'open' ? startedAt + (next * 1000) / pace.rate : now
    send(c, next++)
    return true
  }

  const settle = (c: number, now: number) => {
    under[c] = nothing
    if (dispatch(c, now)) return
    free.push(c)
    endWhenDone()
  }

  const endWhenDone = () => {
    const isNothingLeft = next >= owed && (again.size() === 0 || !plan.untilAllAccepted)
    if (!isPacing && free.length === connections.length && isNothingLeft) ended.resolve(undefined)
  }

  const endPace = (now: number) => {
    if (!isPacing) return
    owed = pace.kind === 'open' ? dueCount(now) : next
    isPacing = false
    paceEndedAt = now
    endWhenDone()
  }

  /** Every ms: what has become due goes out on whatever is free. */
  const tick = setInterval(() => {
    const now = performance.now()
    if (now >= paceEndsAt || (next >= requests.count && again.size() === 0)) endPace(now)
    while (free.length > 0) {
      const c = free.shift() ?? 0
      if (dispatch(c, now)) continue
      free.unshift(c)
      break
    }
    if (now > paceEndsAt + plan.patienceS * 1000) ended.resolve(undefined)
  }, 1)

  const told = ended.promise.then((): RunTold => {
    clearInterval(tick)
    loopDelay.disable()
    const cpu = process.cpuUsage(cpuBefore)
    const tookS = (Math.max(lastAnswerAt, paceEndedAt) - startedAt) / 1000
    const cpuS = (cpu.user + cpu.system) / 1e6
    return {
      tookS,
      pacedS: ((paceEndedAt || performance.now()) - startedAt) / 1000,
      sent,
      accepted: acceptedCount,
      acceptedInPace,
      refused,
      noRoom,
      wrong,
      wrongExamples,
      unanswered: next - answered,
      cut,
      latency: latencyOf(latencies, accepted, next),
      generator: {
        cpuS,
        ofACore: cpuS / Math.max(tookS, 0.001),
        loopDelayMaxMs: loopDelay.max / 1e6,
      },
    }
  })

  return {
    told,
    accepted,
    dueAt: (i) => due[i] ?? 0,
    progress: () => ({ accepted: acceptedCount, noRoom: noRoomCount }),
    endPace: () => endPace(performance.now()),
    onCut(c) {
      cut++
      const request = under[c] ?? nothing
      if (request !== nothing) send(c, request)
    },
    onAnswer(c, answer) {
      const now = performance.now()
      const i = under[c] ?? nothing
      if (i === nothing) {
        wrong++
        wrongExamples.push('an answer that nobody had asked for')
        return
      }
      lastAnswerAt = now
      const judged = judgeAnswer(setup.judge, requests.kindOf(i), requests.voteIdOf(i), answer)
      switch (judged.is) {
        case 'accepted':
          answered++
          accepted[i] = 1
          acceptedCount++
          if (isPacing) acceptedInPace++
          latencies[i] = now - (due[i] ?? now)
          break
        case 'refused':
          answered++
          refused[judged.reason] = (refused[judged.reason] ?? 0) + 1
          break
        case 'again':
          noRoomCount++
          noRoom[judged.reason] = (noRoom[judged.reason] ?? 0) + 1
          if (isPacing || plan.untilAllAccepted) again.put(i, now + plan.againAfterMs)
          // As fast as answers come: a refusal comes at once, and must not make the crowd ask faster than it votes.
          if (pace.kind === 'closed' && isPacing) return pause(c)
          break
        case 'wrong':
          answered++
          wrong++
          if (wrongExamples.length < 5) wrongExamples.push(judged.why)
          break
        default:
          judged satisfies never
      }
      settle(c, now)
    },
  }

  function pause(c: number): void {
    under[c] = nothing
    setTimeout(() => settle(c, performance.now()), plan.againAfterMs)
  }
}

/** First in, first out: all wait equally long, so the first is always the next. Shifting a long array would be slow. */
function makeAgain() {
  const waiting: { request: number; at: number }[] = []
  let head = 0
  return {
    size: () => waiting.length - head,
    put: (request: number, at: number) => void waiting.push({ request, at }),
    take(now: number): number | null {
      const first = waiting[head]
      if (first === undefined || first.at > now) return null
      head++
      if (head > 10_000 && head * 2 > waiting.length) {
        waiting.splice(0, head)
        head = 0
      }
      return first.request
    },
  }
}
