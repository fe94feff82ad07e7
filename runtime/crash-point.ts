/** Named points at which a test stops the process, to hit a crash window exactly. */

// Read once: `CRASH_AT=ballot.enqueued` dies there by SIGKILL. Never set in production, where it is ignored.
const crashAt = process.env['NODE_ENV'] === 'production' ? undefined : process.env['CRASH_AT']

export type CrashPoint =
  | 'ballot.enqueued'
  | 'poll.stored'
  | 'persist.splitting'
  | 'persist.before-commit'
  | 'persist.committed'
  | 'tally.written'
  | 'publish.sent'
  | 'publish.anchors-sent'
  | 'certify.signed'
  | 'certify.anchored'
  | 'certify.frozen'
  | 'certify.before-commit'
  | 'certify.certified'
  | 'read-model.applied'
  | 'read-model.committed'

/** Does nothing unless this very point was asked for. */
export function crashPoint(point: CrashPoint): void {
  if (crashAt === point) process.kill(process.pid, 'SIGKILL')
}
