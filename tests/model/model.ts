/** The rules of a poll as they are stated: what a vote hears that is judged at one moment, after those before it. */

export interface Rules {
  readonly boxes: readonly {
    readonly voters: 'device' | 'verified'
    readonly limit: { readonly votes: number; readonly perSeconds: number | null } | null
  }[]
  /** Close and grace, epoch ms; null = no end. */
  readonly endsAt: number | null
}
/** `key`: as whom the voter votes in this box; null = they lack the identity that it wants. */
export interface Vote {
  readonly key: string | null
  readonly voteId: string
  readonly box: number
  readonly option: number
}
export type Accepted = Vote & { readonly at: number }
export type Verdict =
  | { readonly accepted: true; readonly at: number; readonly remaining: number | null }
  | { readonly accepted: false; readonly reason: string; readonly retryAt: number | null }

/** `before`: all votes accepted in the poll so far, in their order. */
export function judge(rules: Rules, before: readonly Accepted[], vote: Vote, now: number): Verdict {
  const refuse = (reason: string, retryAt: number | null = null) =>
    ({ accepted: false, reason, retryAt }) as const
  if (vote.key === null) return refuse('identity-needed')

  const limit = rules.boxes[vote.box]?.limit ?? null
  const windowMs = limit?.perSeconds == null ? Infinity : limit.perSeconds * 1_000
  const theirs = before.filter(({ key }) => key === vote.key)
  const counting = theirs.filter(({ box, at }) => box === vote.box && now < at + windowMs)
  const left = limit === null ? null : limit.votes - counting.length

  const same = theirs.find(({ voteId }) => voteId === vote.voteId)
  if (same !== undefined && (same.box !== vote.box || same.option !== vote.option))
    return refuse('vote-id-reused')
  if (same !== undefined) return { accepted: true, at: same.at, remaining: left }
  if (rules.endsAt !== null && now >= rules.endsAt) return refuse('poll-closed')
  if (left === null) return { accepted: true, at: now, remaining: null }
  const [oldest] = counting
  if (oldest === undefined || left > 0) return { accepted: true, at: now, remaining: left - 1 }
  if (windowMs !== Infinity) return refuse('limit-reached', oldest.at + windowMs)
  return refuse(limit?.votes === 1 ? 'already-voted' : 'limit-reached')
}
