/** One process of ours or a service: started, watched until it is ready, stopped, killed, paused, started again. */
import type { ChildProcess } from 'node:child_process'
import { readFileSync, statSync } from 'node:fs'
import { setTimeout as rest } from 'node:timers/promises'
import {
  closeLog,
  ended,
  howItEnded,
  lastLines,
  openLog,
  startChild,
  type Ended,
  type Launch,
} from './child.ts'
import { Trouble } from './trouble.ts'

export interface Managed {
  readonly name: string
  /** False for a service that somebody else runs. */
  readonly isOurs: boolean
  readonly pid: number | null
  /** Starts it and resolves when it answers its own protocol; one that does not in time is stopped again. */
  start(signal?: AbortSignal, readyWithinMs?: number): Promise<void>
  /** Asks it to end, and kills it when it has not ended in time. */
  stop(): Promise<void>
  /** SIGKILL; resolves when it is gone. It stays dead until `start()` or `restart()`. */
  kill(): Promise<void>
  /** SIGSTOP: it holds its sockets and answers nothing. */
  pause(): void
  resume(): void
  /** Stops it when it runs, and starts it on the same port and data. */
  restart(): Promise<void>
  /** Tells of an end that nobody asked for here; returns the way to stop listening. */
  onSurpriseEnd(listener: (end: Ended) => void): () => void
  /** Tells of each new process id, null when it has ended. */
  onPid(listener: (pid: number | null) => void): () => void
}

export interface ManagedOptions {
  readonly name: string
  readonly logFile: string
  readonly launch: () => Launch | Promise<Launch>
  /** Asks once whether it answers; throws while it does not. */
  readonly probe: () => Promise<void>
  readonly readyWithinMs: number
  readonly stopSignal?: NodeJS.Signals
  readonly stopWithinMs?: number
}

/** It ended before it answered; `said` is what it wrote to its log this time. */
export class EndedEarly extends Trouble {
  readonly said: string
  constructor(message: string, said: string) {
    super(message)
    this.said = said
  }
}

// How often readiness is asked for: a probe costs well under a millisecond, a start is noticed within a frame or two.
const probeEveryMs = 25

export function manage(options: ManagedOptions): Managed {
  const { name, logFile, launch, probe } = options
  const { stopSignal = 'SIGTERM', stopWithinMs = 10_000 } = options
  const surprises = new Set<(end: Ended) => void>()
  const pidListeners = new Set<(pid: number | null) => void>()
  let running: { child: ChildProcess; end: Promise<Ended> } | null = null
  let isEndAsked = false

  async function start(signal?: AbortSignal, readyWithinMs = options.readyWithinMs): Promise<void> {
    if (running !== null) return
    const what = await launch()
    signal?.throwIfAborted()
    const log = openLog(logFile)
    const logStart = statSync(logFile).size
    const child = startChild(what, log)
    closeLog(log)
    isEndAsked = false
    let isReady = false
    const end = ended(child).then((how) => {
      running = null
      for (const tell of pidListeners) tell(null)
      if (isReady && !isEndAsked) for (const tell of surprises) tell(how)
      return how
    })
    running = { child, end }
    for (const tell of pidListeners) tell(child.pid ?? null)
    try {
      await becomeReady(end, logStart, readyWithinMs, signal)
    } catch (fault) {
      await stop()
      throw fault
    }
    isReady = true
  }

  async function becomeReady(
    end: Promise<Ended>,
    logStart: number,
    readyWithinMs: number,
    signal?: AbortSignal,
  ): Promise<void> {
    let how: Ended | null = null
    void end.then((known) => (how = known))
    const giveUpAt = Date.now() + readyWithinMs
    for (;;) {
      signal?.throwIfAborted()
      const fault = await probe().then(
        () => null,
        (error: unknown) => error,
      )
      if (how !== null) {
        const said = readFileSync(logFile).subarray(logStart).toString()
        throw new EndedEarly(
          `${name} ended before it was ready (${howItEnded(how)}): ${lastLines(said, 2)} — its log: ${logFile}`,
          said,
        )
      }
      if (fault === null) return
      if (Date.now() > giveUpAt) {
        const why = fault instanceof Error ? fault.message : 'no reason given'
        throw new Trouble(
          `${name} was not ready within ${readyWithinMs / 1000} s (${why}) — its log: ${logFile}`,
        )
      }
      await rest(probeEveryMs)
    }
  }

  async function stop(): Promise<void> {
    if (running === null) return
    const { child, end } = running
    isEndAsked = true
    child.kill('SIGCONT') // a paused process would not hear the next signal
    child.kill(stopSignal)
    const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await end
    clearTimeout(timer)
  }

  async function kill(): Promise<void> {
    if (running === null) return
    isEndAsked = true
    running.child.kill('SIGKILL')
    await running.end
  }

  return {
    name,
    isOurs: true,
    get pid() {
      return running?.child.pid ?? null
    },
    start,
    stop,
    kill,
    pause: () => void running?.child.kill('SIGSTOP'),
    resume: () => void running?.child.kill('SIGCONT'),
    async restart() {
      await stop()
      await start()
    },
    onSurpriseEnd: (listener) => listen(surprises, listener),
    onPid: (listener) => listen(pidListeners, listener),
  }
}

/** A service that somebody else runs, or that cannot run here: it has an address at most, and nothing to stop. */
export function unmanaged(name: string, why: string): Managed {
  const refuse = (): never => {
    throw new Trouble(`${name} cannot be stopped or started here: ${why}`)
  }
  return {
    name,
    isOurs: false,
    pid: null,
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    kill: async () => refuse(),
    pause: refuse,
    resume: refuse,
    restart: async () => refuse(),
    onSurpriseEnd: () => () => undefined,
    onPid: () => () => undefined,
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
