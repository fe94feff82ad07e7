/** The laws of a gateway in several processes: one port, one door, and none of them is missed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { untilCounted } from '../counts.ts'
import { startHouse, until, voterAt, type Door, type House } from '../house.ts'

let house: House
let door: Door
beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway({ env: { GATEWAY_PROCESSES: '2' } })
  await house.workers()
})
afterAll(() => house[Symbol.asyncDispose]())

const children = () => {
  const { pid } = door.process
  const text = pid === null ? '' : readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return text
    .split(' ')
    .filter((word) => word !== '')
    .map(Number)
}
/** Both are there, and take connections. */
const untilTwo = () =>
  until('two processes', async () => {
    const log = readFileSync(join(house.dataDir, 'logs', `${door.process.name}.log`), 'utf8')
    const ready = new Set([...log.matchAll(/"pid":(\d+),"msg":"ready"/g)].map(([, pid]) => Number(pid)))
    const pids = children()
    return pids.length === 2 && pids.every((pid) => ready.has(pid)) && pids
  })
const cast = async (pollId: string, many: number) => {
  const answers = await Promise.all(
    Array.from({ length: many }, () => voterAt(door).cast({ pollId, optionId: 'samba', voteId: uuidv7() })),
  )
  return answers.filter(({ accepted }) => accepted).length
}
const told = async (answer: string) => {
  const page = await (await fetch(`${door.url}/metrics`)).text()
  return Number(new RegExp(`urna_vote_answers_total{answer="${answer}"[^}]*} (\\d+)`).exec(page)?.[1] ?? 0)
}

describe('a gateway in two processes', () => {
  it('X1 takes votes in both, and tells the metrics of both as one', async () => {
    await untilTwo()
    const poll = await house.openPoll(door)
    expect(await cast(poll.pollId, 60)).toBe(60)
    await untilCounted(house, poll.pollId, 60)
    // Every connection goes to the next process in turn: each of them has a run of its own.
    const runs = await until('both runs are mirrored', async () => {
      const rows = await house.rows('select from gateway_runs where accepted > 0')
      return rows.length === 2 && rows
    })
    expect(runs).toHaveLength(2)
    expect(await told('accepted')).toBe(60)
  })

  it('X2 goes on when one of them is killed, and soon has two again', async () => {
    const poll = await house.openPoll(door)
    const [doomed = 0, other] = await untilTwo()
    process.kill(doomed, 'SIGKILL')
    expect(await cast(poll.pollId, 40)).toBe(40)
    await untilCounted(house, poll.pollId, 40)
    const now = await untilTwo()
    expect(now).toContain(other)
    expect(now).not.toContain(doomed)
    expect(await cast(poll.pollId, 40)).toBe(40)
  })

  it('X3 that cannot start says why once, and ends', async () => {
    const port = Number(new URL(door.url).port)
    const second = await house.gateway({ port, env: { GATEWAY_PROCESSES: '2' }, waitReady: false })
    await until('it has begun', async () => second.process.pid !== null)
    await until('it has ended', async () => second.process.pid === null)
    const said = readFileSync(join(house.dataDir, 'logs', `${second.process.name}.log`), 'utf8')
    expect(said.match(/^Port \d+ on 127\.0\.0\.1 is taken/gm)).toHaveLength(1)
  })

  it('X4 ends whole: neither an order nor a kill leaves a process behind', async () => {
    const isAlive = (pid: number) => {
      try {
        process.kill(pid, 0)
        return true
      } catch {
        return false
      }
    }
    const first = await untilTwo()
    await door.process.stop()
    expect(first.filter(isAlive)).toEqual([])
    await door.process.start()
    const second = await untilTwo()
    await door.process.kill()
    await until('all are gone', async () => !second.some(isAlive))
  })
})
