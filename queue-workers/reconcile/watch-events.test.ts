/** Rules of reading events back: what is remembered, for how long, and when its reader hangs. */
import { sql } from 'slonik'
import { describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { z } from 'zod'
import { connectPostgres } from '../../runtime/connect.slonik.ts'
import { databaseUrl, log } from '../../tests/live-redis.ts'
import { keepLooking } from './keep-looking.ts'
import { makeSeenEvents } from './seen-events.ts'
import { watchForHang } from './watch-for-hang.ts'
import { pollsOver } from './watched-polls.slonik.ts'

describe('the reader of events', () => {
  it('RP16 hangs where it reads nothing for 20 s though there is more, and twice as long once it was opened anew', () => {
    const hangs = watchForHang()
    const at = (seconds: number, read: number, isAtEnd = false) => hangs({ isAtEnd, read }, seconds * 1_000)
    // Nothing to read, for however long; then always something.
    for (let s = 0; s < 100; s += 5) expect(at(s, 7, true)).toBe(false)
    for (let s = 100; s < 200; s += 5) expect(at(s, s)).toBe(false)
    expect(at(200, 195)).toBe(false)
    expect(at(214, 195)).toBe(false)
    expect(at(215, 195)).toBe(true)
    expect(at(235, 195)).toBe(false)
    expect(at(254, 195)).toBe(false)
    expect(at(255, 195)).toBe(true)
    expect(at(256, 196)).toBe(false)
    expect(at(276, 196)).toBe(true)
    expect(at(277, 196, true)).toBe(false)
    expect(at(278, 196)).toBe(false)
    expect(at(298, 196)).toBe(true)
  })

  it('RP17 forgets at the next look what it heard of polls that are over, and of no other', async () => {
    const seen = makeSeenEvents()
    const event = (pollId: string) => ({ pollId, batchId: uuidv7(), storedAt: 0, counted: 1 })
    seen.add(event('over'))
    seen.add(event('live'))
    // Voted in by the clock of Redis, and Postgres has not noted it yet.
    seen.add(event('soon'))
    const stopping = new AbortController()
    const poll = { pollNo: 1, pollId: 'live', options: 2, places: 2, isLive: true }
    await keepLooking({
      async polls() {
        // Heard of while the polls are read: it may have opened behind that.
        seen.add(event('new'))
        return [poll]
      },
      async look() {
        stopping.abort()
        return { looked: [], queuedBatches: 0 }
      },
      lastReports: async () => new Map(),
      report: async () => undefined,
      onLooked: async () => undefined,
      heardOf: seen.pollIds,
      whichAreOver: async (pollIds) => pollIds.filter((pollId) => pollId === 'over'),
      onOver: seen.forget,
      metrics: { told: () => undefined, clear: () => undefined },
      signal: stopping.signal,
      log,
    })
    expect(seen.pollIds()).toEqual(['live', 'soon', 'new'])
    seen.add(event('over'))
    expect(seen.of('over', 1)).toMatchObject({ batches: 0 })
  })

  it('RP18 polls that are scheduled are not over; those that are certified, or of another house, are', async () => {
    await using open = new AsyncDisposableStack()
    const pool = await connectPostgres(databaseUrl, { most: 1, idleInTransactionMs: 5_000 })
    open.defer(() => pool.end())
    const [scheduled, certified, foreign] = [uuidv7(), uuidv7(), uuidv7()]
    const none = z.object({})
    const remove = () =>
      pool.query(sql.type(none)`delete from polls where poll_id in (${scheduled}, ${certified})`)
    open.defer(() => remove().then(() => undefined))
    await pool.query(sql.type(none)`
      insert into polls (poll_id, slug, question, state, ever_opened, opens_at, closes_at) values
        (${scheduled}, ${scheduled}, 'Soon?', 'scheduled', false, now() + interval '1 hour', null),
        (${certified}, ${certified}, 'Over?', 'certified', true, now() - interval '1 hour', now())`)
    const over = await pollsOver(pool, [scheduled, certified, foreign])
    expect([...over].sort()).toEqual([certified, foreign].sort())
  })
})
