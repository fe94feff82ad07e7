/** A process full of screens: each subscribes to a poll, and it is kept when it saw which probe vote. */
import { writeFileSync } from 'node:fs'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { failLoad } from './load-child.ts'
import type { FromViewers, GeneratorTold, ToViewers, ViewersSetup } from './messages.ts'
import { openViewer } from './viewer.ts'

interface Screen {
  readonly poll: number
  readonly close: () => void
  version: number
  /** How many probe votes it has seen. */
  probes: number
}

const setup = JSON.parse(process.argv[2] ?? '') as ViewersSetup
const tell = (message: FromViewers) => process.send?.(message)
process.on('uncaughtException', failLoad)
process.on('disconnect', () => process.exit())

// Sockets that open together wait for each other at the listener's backlog.
const openAtATime = 200

const screens: Screen[] = []
let opened = 0
let frames = 0
let wentBack = 0
let lost = 0
let seen: number[] | null = null
let since = { cpu: process.cpuUsage(), at: performance.now() }
const loopDelay = monitorEventLoopDelay({ resolution: 5 })
loopDelay.enable()
const nowMs = () => Number(process.hrtime.bigint()) / 1e6

/** Resolves with its first frame. */
function open(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const number = opened++
  const poll = number % setup.pollIds.length
  // Each poll has screens at each gateway.
  const port = setup.ports[Math.floor(number / setup.pollIds.length) % setup.ports.length] ?? 0
  const viewer = openViewer({
    ...{ port, pollId: setup.pollIds[poll] ?? '', onFault: failLoad },
    onLost: () => lost++,
    onFrame({ version, options }) {
      frames++
      const isSnapshot = screen.version < 0
      if (version < screen.version) wentBack++
      screen.version = version
      const probes = options.find(({ optionId }) => optionId === setup.probeOption)?.votes ?? 0
      if (seen !== null && !isSnapshot && probes > screen.probes) {
        const at = nowMs()
        for (let n = screen.probes + 1; n <= probes; n++) seen.push(poll, n, at)
      }
      screen.probes = probes
      resolve(undefined)
    },
  })
  const screen: Screen = { poll, close: viewer.close, version: -1, probes: 0 }
  screens.push(screen)
  return promise
}

process.on('message', (message: ToViewers) => {
  switch (message.do) {
    case 'begin':
      seen = []
      frames = 0
      since = { cpu: process.cpuUsage(), at: performance.now() }
      loopDelay.reset()
      return tell({ is: 'begun' })
    case 'tell':
      writeFileSync(message.file, Buffer.from(Float64Array.from(seen ?? []).buffer))
      seen = null
      return tell({
        is: 'told',
        told: { frames, wentBack, lost, lowestVersion: lowestVersions(), generator: generatorTold() },
      })
    default:
      return message satisfies never
  }
})

function lowestVersions(): Record<string, number> {
  const lowest: Record<string, number> = {}
  for (const { poll, version } of screens) {
    const pollId = setup.pollIds[poll] ?? ''
    lowest[pollId] = Math.min(lowest[pollId] ?? Infinity, version)
  }
  return lowest
}

function generatorTold(): GeneratorTold {
  const cpu = process.cpuUsage(since.cpu)
  const cpuS = (cpu.user + cpu.system) / 1e6
  const tookS = (performance.now() - since.at) / 1000
  return { cpuS, ofACore: cpuS / tookS, loopDelayMaxMs: loopDelay.max / 1e6 }
}

while (screens.length < setup.viewers) {
  const some = Math.min(openAtATime, setup.viewers - screens.length)
  await Promise.all(Array.from({ length: some }, open))
}
if (setup.churnPerS > 0) {
  setInterval(() => {
    screens.shift()?.close()
    void open()
  }, 1_000 / setup.churnPerS)
}
tell({ is: 'connected' })
