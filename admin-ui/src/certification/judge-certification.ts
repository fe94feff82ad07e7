/** Whether somebody still looks at what a poll lacks for its certificate. */
import type { PollCertification } from './use-certification.ts'

// The role looks every second or two; after 15 s it is not a slow look but none.
const staleMs = 15_000

/** When somebody looked last, 'never', or null while looks come as they should. `nowMs`: by the server's clock. */
export function lastLook(
  { lookedAt, askedAt }: Pick<PollCertification, 'lookedAt' | 'askedAt'>,
  nowMs: number,
): string | null {
  if (nowMs - Date.parse(lookedAt ?? askedAt) <= staleMs) return null
  return lookedAt ?? 'never'
}
