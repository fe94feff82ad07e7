/** The requests of a run, written into one piece of memory before the clock starts: sending one costs no thought. */
import { v7 as uuidv7 } from 'uuid'
import { makeSessions } from '../../gateway/sessions/session-tokens.ts'
import type { Ballot, VotersSetup } from './messages.ts'

/** What a request is, and so which answer it must get. */
export const kinds = ['vote', 'forged', 'closed', 'second', 'broken', 'misshapen'] as const
export type Kind = (typeof kinds)[number]
const bad = ['forged', 'closed', 'second', 'broken', 'misshapen'] as const

export interface Requests {
  readonly count: number
  readonly kindOf: (i: number) => Kind
  readonly bytesOf: (i: number) => Buffer
  readonly voteIdOf: (i: number) => string
  /** The session of a request, for a second vote later. */
  readonly voterOf: (i: number) => Voter
}

export interface Voter {
  readonly token: string
  readonly ballot: Ballot
}

const voteIdLength = 36

// What a phone's browser sends with a call of its own page.
const browser = [
  'accept: */*',
  'accept-encoding: gzip, deflate, br',
  'accept-language: pt-BR,pt;q=0.9',
  'user-agent: Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36',
]

export function makeVoterTokens(secret: string): { genuine: () => string; forged: () => string } {
  const dayMs = 24 * 60 * 60 * 1000
  const sessions = makeSessions({ secret, liveForMs: dayMs, now: Date.now })
  const forger = makeSessions({ secret: `not ${secret}`, liveForMs: dayMs, now: Date.now })
  return { genuine: () => sessions.start(null).token, forged: () => forger.start(null).token }
}

/** Bad requests are spread evenly; second votes are cast by `voted`, who have an accepted vote. */
export function makeRequests(its: {
  readonly setup: VotersSetup
  readonly count: number
  readonly badPercent: number
  readonly voted: readonly Voter[]
}): Requests {
  const { setup, count, badPercent, voted } = its
  const tokens = makeVoterTokens(setup.sessionSecret)
  const kind = new Uint8Array(count)
  const start = new Float64Array(count + 1)
  const voteIdAt = new Float64Array(count)
  let bytes = Buffer.allocUnsafe(Math.max(65_536, count * 480))
  let length = 0
  let badCount = 0

  for (let i = 0; i < count; i++) {
    // The i-th bad one stands where the share of bad ones reaches i.
    const isBad = Math.floor(((i + 1) * badPercent) / 100) > badCount
    let what: Kind = isBad ? (bad[badCount++ % bad.length] ?? 'vote') : 'vote'
    if (what === 'second' && voted.length === 0) what = 'forged'
    const ballot = setup.ballots[i % setup.ballots.length]
    if (ballot === undefined) throw new Error('no poll to vote in')
    const voter = what === 'second' ? voted[i % voted.length] : undefined
    const token = voter?.token ?? (what === 'forged' ? tokens.forged() : tokens.genuine())
    const voteId = uuidv7()
    const text = request(token, body(what, voter?.ballot ?? ballot, i, voteId, setup.closedPollId))
    if (length + text.length > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2)
    bytes.write(text, length, 'latin1')
    kind[i] = kinds.indexOf(what)
    start[i] = length
    voteIdAt[i] = length + text.indexOf(voteId)
    length += text.length
  }
  start[count] = length

  return {
    count,
    kindOf: (i) => kinds[kind[i] ?? 0] ?? 'vote',
    bytesOf: (i) => bytes.subarray(start[i], start[i + 1]),
    voteIdOf: (i) => bytes.toString('latin1', voteIdAt[i], (voteIdAt[i] ?? 0) + voteIdLength),
    voterOf: (i) => ({
      token: tokenIn(bytes.toString('latin1', start[i], start[i + 1])),
      ballot: ballotOf(setup, i),
    }),
  }
}

const ballotOf = (setup: VotersSetup, i: number): Ballot => {
  const ballot = setup.ballots[i % setup.ballots.length]
  if (ballot === undefined) throw new Error('no poll to vote in')
  return ballot
}

const tokenIn = (request: string): string => /\r\nauthorization: Bearer (\S+)/.exec(request)?.[1] ?? ''

function body(what: Kind, ballot: Ballot, i: number, voteId: string, closedPollId: string): string {
  // Options are taken in turn within each poll, and not in step with the choice of the poll.
  const optionId = ballot.optionIds[Math.floor(i / 7) % ballot.optionIds.length] ?? ''
  const pollId = what === 'closed' ? closedPollId : ballot.pollId
  const whole = JSON.stringify({ pollId, optionId: what === 'misshapen' ? 7 : optionId, voteId })
  return what === 'broken' ? `${whole.slice(0, -1)},` : whole
}

function request(token: string, json: string): string {
  return [
    'POST /trpc/vote.cast HTTP/1.1',
    'host: 127.0.0.1',
    ...browser,
    'content-type: application/json',
    `authorization: Bearer ${token}`,
    `content-length: ${json.length}`,
    '',
    json,
  ].join('\r\n')
}
