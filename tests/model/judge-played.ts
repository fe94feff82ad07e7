/** Holds what a played poll heard, and what is stored of it, against the model. */
import { edgesOf, explain, type Heard } from './explain.ts'
import type { Accepted } from './model.ts'
import type { PollInPlay } from './poll-in-play.ts'
import type { Interlude } from './runs.ts'
import { tellFault, tellRun } from './tell.ts'

export interface Played {
  /** The run and what the model does not allow of it, in words; null where all agrees. */
  readonly fault: string | null
  readonly hitLimit: boolean
  /** A vote left its window while another of the same voter and box was under way. */
  readonly hitEdge: boolean
  /** The poll's grace ended while a vote was under way. */
  readonly hitEnd: boolean
  /** A voter was accepted in a box before an amnesia and judged in it after that. */
  readonly hitAmnesia: boolean
  /** A vote had to be sent again because its gateway was killed. */
  readonly hitKill: boolean
}

/** `stored`: lines of box, option and voteId, sorted. */
export function judgePlayed(poll: PollInPlay, stored: readonly string[]): Played {
  const { run, rules, heard, unheard } = poll
  const { accepted, fault } = explain(rules, heard)
  const said = unheard[0] ?? (fault === null ? whatIsStoredWrongly(accepted, stored) : tellFault(fault))
  const actsAfter = (...what: Interlude[]) =>
    run.interludes.flatMap((one, i) => (what.includes(one) ? [i + 1] : []))
  return {
    fault: said === null ? null : `${tellRun(run)}\n\n${said}`,
    hitLimit: heard.some(
      ({ verdict }) =>
        !verdict.accepted && (verdict.reason === 'limit-reached' || verdict.reason === 'already-voted'),
    ),
    hitEdge: heard.some(
      (one) => one.vote.key !== null && isMet(one, edgesOf({ ...rules, endsAt: null }, accepted, one.vote)),
    ),
    hitEnd: heard.some((one) => rules.endsAt !== null && isMet(one, [rules.endsAt])),
    hitAmnesia: actsAfter('amnesia').some((act) =>
      heard.some(
        (before) =>
          before.verdict.accepted &&
          before.act < act &&
          heard.some(
            ({ vote, act: when }) =>
              when >= act && vote.key === before.vote.key && vote.box === before.vote.box,
          ),
      ),
    ),
    hitKill: actsAfter('kill 0', 'kill 1').some((act) =>
      heard.some(({ act: when, retries }) => when === act && retries > 0),
    ),
  }
}

const isMet = ({ askedAt, heardAt }: Heard, edges: readonly number[]) =>
  edges.some((edge) => askedAt <= edge && edge <= heardAt)

function whatIsStoredWrongly(accepted: readonly Accepted[], stored: readonly string[]): string | null {
  const lines = new Set(accepted.map(({ box, option, voteId }) => `${box} ${option} ${voteId}`))
  const lost = [...lines].filter((line) => !stored.includes(line))
  const extra = stored.filter((line) => !lines.has(line))
  if (lost.length === 0 && extra.length === 0) return null
  const list = (what: string, of: readonly string[]) => (of.length === 0 ? '' : `${what}: ${of.join(', ')}. `)
  return `Postgres differs (box option voteId). ${list('accepted and not stored', lost)}${list('stored and not accepted', extra)}`
}
