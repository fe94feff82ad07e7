/** S: what is watched comes back, and what is stopped stays away. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { manage, type Managed } from './managed.ts'
import { supervise, type Supervised } from './supervise.ts'

let folder: string
let lines: string[]
let supervised: Supervised | null = null
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'urna-supervise-'))
  lines = []
})
afterEach(async () => {
  await supervised?.stop()
  supervised = null
  rmSync(folder, { recursive: true, force: true })
})

/** A real process, which is ready as soon as it runs. */
const sleeper = (args = ['1000']): Managed =>
  manage({
    name: 'sleeper',
    logFile: join(folder, 'sleeper.log'),
    launch: () => ({ command: 'sleep', args }),
    probe: () => Promise.resolve(),
    readyWithinMs: 5_000,
  })
/** Never 0: a signal to that goes to the group of this test. */
function pidOf({ name, pid }: Managed): number {
  if (pid === null) throw new Error(`${name} does not run`)
  return pid
}
const watch = (managed: Managed) =>
  (supervised = supervise(managed, {
    say: (line) => void lines.push(line),
    stop: (stopped) => stopped.stop(),
    random: () => 0,
  }))

test('S12 a process that dies is started again, and one line says so', async () => {
  const managed = sleeper()
  await managed.start()
  watch(managed)
  const first = pidOf(managed)
  process.kill(first, 'SIGKILL')
  await expect.poll(() => lines, { timeout: 60_000 }).toHaveLength(1)
  expect(lines[0]).toMatch(/^sleeper ended \(SIGKILL\): up again after \d+\.\d s$/)
  expect(managed.pid).not.toBe(first)
})

test('S13 deaths that repeat are waited out longer each time', async () => {
  const managed = sleeper()
  const upAfter: number[] = []
  await managed.start()
  watch(managed)
  for (let death = 1; death <= 3; death++) {
    const diedAt = Date.now()
    process.kill(pidOf(managed), 'SIGKILL')
    await expect.poll(() => lines, { timeout: 60_000, interval: 5 }).toHaveLength(death)
    upAfter.push(Date.now() - diedAt)
  }
  // 0.25 s, 0.5 s, 1 s, of which chance takes up to a quarter.
  expect(upAfter[0]).toBeGreaterThanOrEqual(180)
  expect(upAfter[1]).toBeGreaterThanOrEqual(370)
  expect(upAfter[2]).toBeGreaterThanOrEqual(745)
})

test('S14 who is stopped is not started again, nor is who dies after that', async () => {
  const managed = sleeper()
  await managed.start()
  const { stop } = watch(managed)
  const died = new Promise<void>((resolve) => managed.onPid((pid) => pid === null && resolve()))
  process.kill(pidOf(managed), 'SIGKILL')
  await died
  await stop()
  expect(managed.pid).toBeNull()
  expect(lines).toEqual([])
})

test('S15 a process that ends before it is ready fails its start with its own last words', async () => {
  const managed = manage({
    name: 'mute',
    logFile: join(folder, 'mute.log'),
    launch: () => ({ command: 'sh', args: ['-c', 'echo no room here >&2; exit 3'] }),
    probe: () => Promise.reject(new Error('nobody answers')),
    readyWithinMs: 60_000,
  })
  await expect(managed.start()).rejects.toThrow(/mute ended before it was ready \(code 3\): no room here/)
  expect(managed.pid).toBeNull()
})

test('S16 a process that never becomes ready is stopped again', async () => {
  const managed = manage({
    name: 'slow',
    logFile: join(folder, 'slow.log'),
    launch: () => ({ command: 'sleep', args: ['1000'] }),
    probe: () => Promise.reject(new Error('not yet')),
    readyWithinMs: 100,
  })
  await expect(managed.start()).rejects.toThrow(/slow was not ready within 0.1 s \(not yet\)/)
  expect(managed.pid).toBeNull()
})

test('S17 who is renewed is another process, and no surprise to anybody', async () => {
  const managed = sleeper()
  await managed.start()
  const { renew } = watch(managed)
  const first = pidOf(managed)
  expect(await renew()).toBe(true)
  expect(managed.pid).not.toBe(first)
  expect(lines).toEqual([])
})

test('S18 a renewal that cannot start says why and stays down; the next one mends it', async () => {
  let isBroken = false
  const managed = manage({
    name: 'changed',
    logFile: join(folder, 'changed.log'),
    launch: () => (isBroken ? { command: 'false', args: [] } : { command: 'sleep', args: ['1000'] }),
    probe: () => (isBroken ? Promise.reject(new Error('nobody answers')) : Promise.resolve()),
    readyWithinMs: 60_000,
  })
  await managed.start()
  const { renew } = watch(managed)
  isBroken = true
  await expect(renew()).rejects.toThrow('changed ended before it was ready (code 1)')
  expect(managed.pid).toBeNull()
  isBroken = false
  expect(await renew()).toBe(true)
  expect(managed.pid).not.toBeNull()
})

test('S19 a later renewal overtakes one that hangs, and one whose process died meanwhile', async () => {
  let hangs = false
  const managed = manage({
    name: 'hanging',
    logFile: join(folder, 'hanging.log'),
    launch: () => ({ command: 'sleep', args: ['1000'] }),
    probe: () => (hangs ? Promise.reject(new Error('not yet')) : Promise.resolve()),
    readyWithinMs: 600_000,
  })
  await managed.start()
  const { renew } = watch(managed)
  hangs = true
  const first = renew()
  const second = renew()
  await expect.poll(() => managed.pid, { timeout: 60_000 }).not.toBeNull()
  hangs = false
  const third = renew()
  expect(await Promise.all([first, second, third])).toEqual([false, false, true])

  const died = new Promise<void>((resolve) => managed.onPid((pid) => pid === null && resolve()))
  process.kill(pidOf(managed), 'SIGKILL')
  await died
  expect(await renew()).toBe(true)
  expect(lines).toEqual([])
})
