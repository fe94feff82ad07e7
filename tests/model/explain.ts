/** Finds an order and moments in which the model gives the answers that were heard, or the answer that has none. */
import { judge, type Accepted, type Rules, type Verdict, type Vote } from './model.ts'

/** A vote and what it heard; times in epoch ms by the clock that votes are judged by. */
export interface Heard {
  /** Who casts what, in words. */
  readonly what: string
  readonly vote: Vote
  /** When it was first sent; later than this it may have been accepted. */
  readonly sentAt: number
  /** When the try was sent that was answered: later than `sentAt` where the answer to another was lost. */
  readonly askedAt: number
  readonly heardAt: number
  readonly verdict: Verdict
}

export interface Fault {
  readonly heard: Heard
  readonly why: string
}

/**
 * Requests that were under way together have several legal orders. An acceptance names its moment, so accepted votes
 * stand in that order, those of one moment in any order that the model allows. Every answer must then be the model's
 * at some moment between asking and hearing. There is no margin: who judges and who asks share one clock.
 */
export function explain(
  rules: Rules,
  all: readonly Heard[],
): { readonly accepted: readonly Accepted[]; readonly fault: Fault | null } {
  const accepted: Accepted[] = []
  for (const theirs of Map.groupBy(all, ({ vote }) => vote.key).values()) {
    const { order, fault } = orderOf(rules, theirs)
    accepted.push(...order)
    if (fault !== null) return { accepted, fault }
    for (const heard of theirs) {
      if (!isLegal(rules, order, heard))
        return { accepted, fault: { heard, why: whyNot(rules, order, heard) } }
    }
  }
  return { accepted, fault: null }
}

/** All that was heard of one accepted vote. */
interface Candidate {
  readonly vote: Accepted
  readonly heard: readonly Heard[]
  /** The one answer that can only be the first, where there is one. */
  readonly first: Heard | null
}

/** The accepted votes of one voter in the order of their acceptance. */
function orderOf(rules: Rules, theirs: readonly Heard[]): { order: Accepted[]; fault: Fault | null } {
  const waiting: Candidate[] = []
  for (const heard of Map.groupBy(theirs.filter(isAccepted), ({ vote }) => vote.voteId).values()) {
    const candidate = candidateOf(heard)
    if (candidate.fault !== null) return { order: [], fault: candidate.fault }
    waiting.push(candidate)
  }
  waiting.sort((a, b) => a.vote.at - b.vote.at)

  const order: Accepted[] = []
  while (waiting.length > 0) {
    const at = waiting[0]?.vote.at ?? 0
    const tied = waiting.filter(({ vote }) => vote.at === at)
    const verdictFor = ({ vote }: Candidate) => judge(rules, order, vote, at)
    const fits = (candidate: Candidate, heard: Heard) => isSame(verdictFor(candidate), heard.verdict)
    // Whose answer is the model's to the letter goes first; who heard of it later, or twice, fills what is left.
    const next =
      tied.find((one) => one.first !== null && fits(one, one.first)) ??
      tied.find((one) => one.first === null && one.heard.some((heard) => fits(one, heard))) ??
      tied.find((one) => one.first === null && verdictFor(one).accepted)
    if (next === undefined) {
      const [one] = tied
      const heard = one?.first ?? one?.heard[0]
      if (one === undefined || heard === undefined) throw new Error('nobody was heard')
      return { order, fault: { heard, why: `the model says at that moment: ${say(verdictFor(one))}` } }
    }
    order.push(next.vote)
    waiting.splice(waiting.indexOf(next), 1)
  }
  return { order, fault: null }
}

function candidateOf(heard: readonly Heard[]): Candidate & { fault: Fault | null } {
  const [one] = heard
  if (one === undefined || !one.verdict.accepted) throw new Error('nothing was accepted')
  const { at } = one.verdict
  const vote = { ...one.vote, at }
  // An answer can be of the acceptance itself only where that lies between its sending and its hearing.
  const spanning = heard.filter(({ sentAt, heardAt }) => sentAt <= at && at <= heardAt)
  const [only] = spanning
  const isCertain = spanning.length === 1 && only !== undefined && only.askedAt === only.sentAt
  const candidate = { vote, heard, first: isCertain ? only : null }
  const other = heard.find(({ verdict }) => verdict.accepted && verdict.at !== at)
  if (other !== undefined) return { ...candidate, fault: { heard: other, why: 'it was accepted twice' } }
  const content = heard.find((its) => its.vote.box !== vote.box || its.vote.option !== vote.option)
  if (content !== undefined)
    return { ...candidate, fault: { heard: content, why: 'its voteId was accepted for another choice' } }
  if (spanning.length === 0)
    return { ...candidate, fault: { heard: one, why: 'nobody was sending it at that moment' } }
  return { ...candidate, fault: null }
}

/** Whether the model gives this answer at some moment between asking and hearing. */
function isLegal(rules: Rules, order: readonly Accepted[], heard: Heard): boolean {
  return momentsOf(rules, order, heard).some(({ before, now }) =>
    isSame(judge(rules, before, heard.vote, now), heard.verdict),
  )
}

/** What was accepted by then, and when: one for each stretch in which the model's answer stays the same. */
function momentsOf(
  rules: Rules,
  order: readonly Accepted[],
  { vote, askedAt, heardAt }: Heard,
): { before: readonly Accepted[]; now: number }[] {
  const edges = edgesOf(rules, order, vote)
  return Array.from({ length: order.length + 1 }, (_, count) => {
    const first = Math.max(askedAt, order[count - 1]?.at ?? -Infinity)
    const last = Math.min(heardAt, order[count]?.at ?? Infinity)
    const before = order.slice(0, count)
    return [first, ...edges.filter((edge) => first < edge && edge <= last)]
      .filter((now) => now <= last)
      .map((now) => ({ before, now }))
  }).flat()
}

/** The moments at which time alone changes what this vote would hear. */
export function edgesOf(rules: Rules, order: readonly Accepted[], vote: Vote): number[] {
  const windowMs = (rules.boxes[vote.box]?.limit?.perSeconds ?? Infinity) * 1_000
  const leaving = order
    .filter(({ key, box }) => key === vote.key && box === vote.box)
    .map(({ at }) => at + windowMs)
  return [...leaving, rules.endsAt ?? Infinity].filter(Number.isFinite)
}

function whyNot(rules: Rules, order: readonly Accepted[], heard: Heard): string {
  const allowed = momentsOf(rules, order, heard).map(({ before, now }) =>
    say(judge(rules, before, heard.vote, now)),
  )
  return `the model allows: ${[...new Set(allowed)].join(', or ')}`
}

const isAccepted = ({ verdict }: Heard) => verdict.accepted

function isSame(a: Verdict, b: Verdict): boolean {
  if (a.accepted) return b.accepted && a.at === b.at && a.remaining === b.remaining
  return !b.accepted && a.reason === b.reason && a.retryAt === b.retryAt
}

/** A verdict in words. */
export function say(verdict: Verdict): string {
  if (verdict.accepted)
    return `accepted at ${clock(verdict.at)}, ${verdict.remaining ?? 'any number'} remaining`
  return `${verdict.reason}${verdict.retryAt === null ? '' : `, again at ${clock(verdict.retryAt)}`}`
}

/** Minutes, seconds and milliseconds of a moment. */
export const clock = (at: number): string => new Date(at).toISOString().slice(14, 23)
