/** A short fault run as part of every test run; the same seed is the same run; each mutant still applies. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { drawFaults, faultKinds, forgetting, type Troupe } from './draw-faults.ts'
import { countDone } from './do-faults.ts'
import { damage, howItEnds, readMutants } from './mutants.ts'
import { readOptions } from './options.ts'
import { runChaos } from './run-chaos.ts'
import { startVoterWire } from './voter-wire.ts'

const troupe: Troupe = {
  ...{ gateways: 2, persisters: 2, publishers: 2, others: 1, kafkaNodes: 3, canFillDisk: true },
}
const drawn = (seed: number, faults = 200) =>
  drawFaults({ seed, faults, everyMs: 2_900, mostMs: 1e9, troupe, only: null, forget: false })

describe('a fault run', () => {
  it('CH1 with a fault of each kind in about 90 seconds loses no vote, counts none twice, and shows what is stored', async () => {
    const options = readOptions(['--seed', '6', '--faults', '30', '--kafka-nodes', '1', '--rate', '80'])
    if (typeof options === 'string') throw new Error(options)
    const told: string[] = []
    const run = await runChaos(
      { ...options, everyMs: 2_000 },
      (line) => void told.push(line),
      new AbortController().signal,
    )
    expect(run.disagreements, told.join('\n')).toEqual([])
    expect(run.isTooGentle, told.join('\n')).toBe(false)
    expect(run.end, told.join('\n')).toEqual({ polls: 3, books: 3, certified: 3, refused: 0, verified: 3 })
    const all = (column: 'acknowledged' | 'stored' | 'lost' | 'double') =>
      run.lines.reduce((sum, line) => sum + line[column], 0)
    expect(all('acknowledged')).toBeGreaterThan(1_000)
    expect({ stored: all('stored'), lost: all('lost'), double: all('double') }).toEqual({
      ...{ stored: all('acknowledged'), lost: 0, double: 0 },
    })
  }, 900_000)

  it('CH2 from the same seed has the same faults at the same times, from another seed others', () => {
    expect(drawn(5)).toEqual(drawn(5))
    expect(drawn(5)).not.toEqual(drawn(6))
  })

  it('CH3 deals every kind, some that overlap, and never two that befall the same process at once', () => {
    const faults = drawn(7)
    const usual = faultKinds.filter((kind) => !forgetting.includes(kind))
    expect([...new Set(faults.map(({ kind }) => kind))].sort()).toEqual([...usual].sort())
    const overlaps = faults.filter(({ atMs }, i) => {
      const before = faults[i - 1]
      return before !== undefined && atMs < before.atMs + before.lastsMs
    })
    expect(overlaps.length).toBeGreaterThan(20)
    const gateways = faults.filter(({ kind }) => /^(?:kill|pause)-gateway$/.test(kind))
    for (const [i, fault] of gateways.entries()) {
      const before = gateways.slice(0, i).findLast(({ target }) => target === fault.target)
      expect(fault.atMs).toBeGreaterThanOrEqual(before === undefined ? 0 : before.atMs + before.lastsMs)
    }
  })

  it('CH4 on a smaller stage deals nothing that it cannot do', () => {
    const small = { ...troupe, others: 0, canFillDisk: false }
    const faults = drawFaults({
      ...{ seed: 1, faults: 100, everyMs: 1_000, mostMs: 60_000, troupe: small, only: null, forget: true },
    })
    const kinds = new Set(faults.map(({ kind }) => kind))
    expect(kinds).not.toContain('kill-other')
    expect(kinds).not.toContain('postgres-disk-full')
    expect(Math.max(...faults.map(({ atMs }) => atMs))).toBeLessThanOrEqual(80_000)
  })

  it('CH5 refuses what it cannot do, and says how to ask', () => {
    for (const args of [['--kafka-nodes', '2'], ['--faults', '0'], ['--only', 'kill-cat'], ['--what']])
      expect(readOptions(args)).toContain('npm run chaos -- [options]')
  })
})

describe('a fault', () => {
  it('CH8 has met votes only where it happened and votes were in flight', () => {
    const outcomes = [
      { happened: true, isInFlight: true },
      { happened: true, isInFlight: false },
      { happened: false, isInFlight: true },
    ]
    expect(countDone(outcomes)).toEqual({ happened: 2, met: 1 })
  })

  it('CH9 that cuts a wire on which nothing is said has cut nothing, and tells how many answers it did cut', async () => {
    const server = createServer((_, res) => void res.end('counted'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (typeof address !== 'object' || address === null) throw new Error('no port')
    await using wire = await startVoterWire(address.port)
    wire.cut('answers')
    expect(wire.lost()).toBe(0)
    for (let i = 0; i < 2; i++) await expect(fetch(wire.url)).rejects.toThrow()
    expect(wire.lost()).toBe(2)
    wire.mend()
    expect(await (await fetch(wire.url)).text()).toBe('counted')
    expect(wire.lost()).toBe(2)
    wire.cut('requests')
    expect(wire.lost()).toBe(0)
    wire.mend()
    server.closeAllConnections()
    server.close()
  })
})

describe('a mutant', () => {
  it('CH10 is caught by its own sign alone; a run that broke off, or met too little, tells nothing', () => {
    const of = (code: number | null, ...signs: string[]) => howItEnds({ code, signs }, ['lost', 'double'])
    expect([of(1, 'lost'), of(1, 'shown', 'double')]).toEqual(['caught', 'caught'])
    expect([of(0), of(1, 'shown'), of(1)]).toEqual(['survived', 'survived', 'survived'])
    expect([of(2, 'lost'), of(3), of(130), of(null)]).toEqual(new Array(4).fill('broke off'))
    const whole = (code: number | null) => howItEnds({ code, signs: [] }, null)
    expect([whole(0), whole(1), whole(2), whole(3)]).toEqual(['clean', 'disagrees', 'broke off', 'broke off'])
  })

  const checkout = dirname(dirname(import.meta.dirname))
  const mutants = readMutants()

  it('CH6 is there for each fault of ours that the run has to find', () => {
    expect(mutants.map(({ name }) => name)).toEqual([
      'acknowledged-before-the-append',
      'admission-forgotten',
      'marked-before-kafkas-word',
      'no-fence',
      'no-on-conflict',
      'relative-counters',
    ])
  })

  for (const { name, edits } of mutants) {
    it(`CH7 ${name} still applies, and changes what it is applied to`, () => {
      for (const edit of edits) {
        const text = readFileSync(join(checkout, edit.file), 'utf8')
        expect(damage(text, edit)).not.toBe(text)
        expect(() => damage('nothing of it', edit)).toThrow('there must be one')
      }
    })
  }
})
