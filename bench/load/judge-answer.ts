/** Says whether an answer is the one that its request must get. */
import type { Kind } from './requests.ts'
import type { Answer } from './read-answer.ts'

/** done: the final word. again: no room now, the same vote may be sent again. */
export type Judged =
  | { readonly is: 'accepted' }
  | { readonly is: 'refused'; readonly reason: string }
  | { readonly is: 'again'; readonly reason: string }
  | { readonly is: 'wrong'; readonly why: string }

const proper: Readonly<Record<Exclude<Kind, 'vote'>, { readonly status: number; readonly reason: string }>> =
  {
    forged: { status: 401, reason: 'session-forged' },
    closed: { status: 409, reason: 'poll-closed' },
    second: { status: 409, reason: 'already-voted' },
    broken: { status: 400, reason: 'bad-input' },
    misshapen: { status: 400, reason: 'bad-input' },
  }

export function judgeAnswer(
  judge: 'urna' | 'rival',
  kind: Kind,
  voteId: string,
  { status, body }: Answer,
): Judged {
  if (kind === 'vote') {
    if (status === 200 && body.includes('"accepted":true') && body.includes(voteId)) return { is: 'accepted' }
    if (status === 503) return again(body)
    return wrong(kind, status, body)
  }
  if (judge === 'rival') return status < 500 ? { is: 'refused', reason: kind } : wrong(kind, status, body)
  // A gateway that is full may say so before it looks at the vote.
  if (status === 503) return again(body)
  const { status: wanted, reason } = proper[kind]
  if (status === wanted && reasonIn(body) === reason) return { is: 'refused', reason }
  return wrong(kind, status, body)
}

/** Of a refused vote it stands in the value, of a refused call in the error's data. */
function reasonIn(body: string): unknown {
  try {
    const { result, error } = JSON.parse(body)
    return result?.data?.reason ?? error?.data?.reason
  } catch {
    return undefined
  }
}

function again(body: string): Judged {
  const reason = reasonIn(body)
  return reason === 'queue-full' || reason === 'unavailable'
    ? { is: 'again', reason }
    : wrong('vote', 503, body)
}

const wrong = (kind: Kind, status: number, body: string): Judged => ({
  is: 'wrong',
  why: `${kind}: ${status} ${body.slice(0, 300)}`,
})
