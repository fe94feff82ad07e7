/** Structured logs: one JSON line an event on standard output. */
import { pino, type Logger } from 'pino'

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error' | 'fatal'> & {
  child(bindings: Record<string, unknown>): Log
}

/** ioredis hangs the command on its error, with all its arguments: voter keys and choices have no place in a log. */
function withoutCommand(error: Error): object {
  const { command, previousErrors, ...rest } = pino.stdSerializers.err(error)
  return rest
}

export function makeLog(process: string, level: string): Log {
  return pino({
    level,
    base: { process },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: withoutCommand },
  })
}
