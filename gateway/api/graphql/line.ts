/** One connection that carries many operations: none of them holds more than one frame for a reader who is slow. */
import { patienceMs, silentForMs } from './audience.ts'
import type { Told } from './engine.ts'
import { frames, toJson, type Frame } from './frame.ts'
import { refuseOperation, surprise, toTypedError } from './refusals.ts'

/** How a connection takes bytes. */
export interface Wire {
  /** Bytes that were given and have not left. */
  readonly owes: () => number
  readonly send: (message: Buffer) => void
  /** Calls back once all that was given has left. */
  readonly whenTaken: (told: () => void) => void
  readonly ping: () => void
  readonly drop: () => void
}

/** How a protocol words what is told of an operation; `payload` is ready JSON, shared by all who hear it. */
export interface Dialect {
  /** All but the payload, made once for each operation. */
  readonly next: (id: string) => (payload: Buffer) => Buffer
  readonly complete: (id: string) => Buffer
  /** Where nothing of it was executed. Null: as a result among others, and then its end. */
  readonly refused: ((id: string, told: Told) => Buffer) | null
}

export interface Operation {
  /** Fires when its viewer wants no more of it. */
  readonly gone: AbortSignal
  /** False: what the line was given before has not been taken yet; `caughtUp` is called once it has. */
  readonly give: (frame: Frame, caughtUp: () => void) => boolean
  /** Its only answer. */
  readonly tell: (told: Told) => void
  readonly complete: () => void
  /** What nobody foresaw ended it. */
  readonly fail: () => void
}

export interface Line {
  /** 'taken': another operation has this id. */
  readonly begin: (id: string) => Operation | 'taken'
  /** Refuses one more, where there is no room for it. */
  readonly isFull: () => Told | null
  /** Its reader takes too little for any more answers to be given. */
  readonly owesTooMuch: () => boolean
  /** Its viewer wants no more of this one. */
  readonly end: (id: string) => void
  readonly say: (message: Buffer) => void
  /** Pings who has heard nothing for long, and lets go who has taken nothing for long. To be called often. */
  readonly look: (now: number) => void
  /** The connection is gone. */
  readonly close: () => void
}

/** Our own screens follow three things at once. */
const mostOperations = 50
/** Who has so many bytes to take hears no answers to more questions first. */
const mostOwed = 256 * 1024
/** An id is repeated in each message. */
export const longestId = 256

export function makeLine(wire: Wire, dialect: Dialect): Line {
  const operations = new Map<string, AbortController>()
  /** Those for whom a newer state waits until the line has taken what it was given. */
  const behind = new Map<AbortController, () => void>()
  let saidAt = performance.now()
  let waitsSince = 0

  function say(message: Buffer): void {
    saidAt = performance.now()
    wire.send(message)
  }
  function catchUp(): void {
    waitsSince = 0
    const all = [...behind.values()]
    behind.clear()
    for (const caughtUp of all) caughtUp()
  }
  function wait(): void {
    if (waitsSince > 0) return
    waitsSince = performance.now()
    wire.whenTaken(catchUp)
  }

  function begin(id: string): Operation | 'taken' {
    if (operations.has(id)) return 'taken'
    const over = new AbortController()
    operations.set(id, over)
    const next = dialect.next(id)
    const end = () => {
      if (operations.get(id) === over) operations.delete(id)
      behind.delete(over)
      over.abort(null)
    }
    const tell = (told: Told) => {
      if (over.signal.aborted) return
      const isRefused = told.as !== 'executed' || told.result.data === undefined
      if (isRefused && dialect.refused !== null) say(dialect.refused(id, told))
      else {
        say(next(Buffer.from(toJson(told.result))))
        say(dialect.complete(id))
      }
      end()
    }
    return {
      gone: over.signal,
      give(frame, caughtUp) {
        // A line is pinged as a whole.
        if (over.signal.aborted || frame === frames.ping) return true
        if (waitsSince === 0 && wire.owes() === 0) {
          say(next(frame.payload))
          return true
        }
        behind.set(over, caughtUp)
        wait()
        return false
      },
      tell,
      complete() {
        if (over.signal.aborted) return
        say(dialect.complete(id))
        end()
      },
      fail: () => tell({ as: 'executed', result: { errors: [toTypedError(surprise.error())] } }),
    }
  }

  const owesTooMuch = () => wire.owes() > mostOwed

  return {
    begin,
    say,
    owesTooMuch,
    isFull() {
      if (operations.size >= mostOperations)
        return refuseOperation(
          `More than ${mostOperations} operations at once are too many for one connection.`,
        )
      if (owesTooMuch()) return refuseOperation('Take what was answered before you ask for more.')
      return null
    },
    end(id) {
      const over = operations.get(id)
      if (over === undefined) return
      operations.delete(id)
      behind.delete(over)
      over.abort(null)
    },
    look(now) {
      if (waitsSince === 0 && wire.owes() > 0) wait()
      if (waitsSince > 0 && now - waitsSince > patienceMs) wire.drop()
      else if (now - saidAt >= silentForMs) {
        saidAt = now
        wire.ping()
      }
    },
    close() {
      for (const over of operations.values()) over.abort(null)
      operations.clear()
      behind.clear()
    },
  }
}
