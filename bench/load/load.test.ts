/** The rules of the load: it knows a whole answer from a piece of one, and each bad request by its refusal. */
import { expect, it } from 'vitest'
import { readEventStream } from './event-stream.ts'
import { judgeAnswer } from './judge-answer.ts'
import { percentiles } from './latency.ts'
import { readAnswer } from './read-answer.ts'
import { kinds, makeRequests, type Kind } from './requests.ts'

const secret = 'a session secret that only tests know'
const ballots = [{ pollId: '0190a0b0-c0d0-7000-8000-000000000000', optionIds: ['samba', 'forro'] }]
const setup = {
  ...{ ports: [1], connections: 1, sessionSecret: secret, ballots },
  ...{ closedPollId: '0190a0b0-c0d0-7000-8000-000000000001', judge: 'urna' as const },
}

it('BL1 an answer is whole with its last byte, by its length or by its chunks, and not before', () => {
  const whole = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n{"a"'
  const chunked = 'HTTP/1.1 409 Conflict\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{"\r\n2\r\na"\r\n0\r\n\r\n'
  for (const text of [whole, chunked]) {
    for (let cut = 0; cut < text.length; cut++) expect(readAnswer(text.slice(0, cut))).toBeNull()
  }
  expect(readAnswer(whole)).toEqual({ status: 200, body: '{"a"' })
  expect(readAnswer(chunked)).toEqual({ status: 409, body: '{"a"' })
  expect(() => readAnswer(`${whole}x`)).toThrow('bytes after an answer')
})

it('BL2 an event is read wherever its bytes were cut', () => {
  const frame = 'event: next\ndata: {"data":1}\n\n'
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`
  const text = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk(':\n\n')}${chunk(frame)}${chunk(frame)}`
  for (let cut = 1; cut < text.length; cut++) {
    const heard: string[] = []
    const stream = readEventStream((data) => heard.push(data.trim()))
    stream.take(text.slice(0, cut))
    stream.take(text.slice(cut))
    expect(heard).toEqual(['{"data":1}', '{"data":1}'])
  }
})

it('BL3 two in a hundred requests are bad, all kinds of them, and a second vote is of somebody who has voted', () => {
  const voter = { token: 'a-token-that-has-voted', ballot: ballots[0]! }
  const requests = makeRequests({ setup, count: 1_000, badPercent: 2, voted: [voter] })
  const by = new Map<Kind, string[]>(kinds.map((kind) => [kind, []]))
  for (let i = 0; i < requests.count; i++) {
    const text = requests.bytesOf(i).toString('latin1')
    expect(text).toContain(requests.voteIdOf(i))
    by.get(requests.kindOf(i))?.push(text)
  }
  expect(by.get('vote')).toHaveLength(980)
  for (const kind of kinds.filter((kind) => kind !== 'vote')) expect(by.get(kind)).toHaveLength(4)
  expect(by.get('second')?.every((text) => text.includes('Bearer a-token-that-has-voted'))).toBe(true)
  expect(by.get('closed')?.every((text) => text.includes(setup.closedPollId))).toBe(true)
})

it('BL4 an answer counts only with its own voteId, a refusal only with its own reason', () => {
  const judge = (kind: Kind, status: number, body: object) =>
    judgeAnswer('urna', kind, 'my-vote', { status, body: JSON.stringify(body) }).is
  const accepted = (voteId: string) => ({ result: { data: { accepted: true, voteId } } })
  const refused = (reason: string) => ({ result: { data: { accepted: false, reason } } })
  const stopped = (reason: string) => ({ error: { data: { reason } } })
  expect(judge('vote', 200, accepted('my-vote'))).toBe('accepted')
  expect(judge('vote', 200, accepted('another'))).toBe('wrong')
  expect(judge('vote', 503, refused('queue-full'))).toBe('again')
  expect(judge('vote', 409, refused('already-voted'))).toBe('wrong')
  expect(judge('second', 409, refused('already-voted'))).toBe('refused')
  expect(judge('second', 409, refused('poll-closed'))).toBe('wrong')
  expect(judge('forged', 401, stopped('session-forged'))).toBe('refused')
  expect(judge('forged', 200, accepted('my-vote'))).toBe('wrong')
  expect(judge('broken', 400, stopped('bad-input'))).toBe('refused')
})

it('BL5 percentiles are of the values, not of their places', () => {
  const values = Float32Array.from({ length: 1_000 }, (_, i) => 999 - i)
  expect(percentiles(values)).toEqual({ p50: 500, p90: 900, p99: 990, max: 999 })
})
