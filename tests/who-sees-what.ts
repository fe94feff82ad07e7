/** The table of every way to read a count, and what each tells to whom: what visibility.test.ts asks a real house. */
import type { Visibility } from '../contracts/poll.ts'

/** What can be learnt about one poll by asking. refused: nobody may ask. all: of all polls together, of none alone. */
export type Told = 'counts' | 'turnout' | 'nothing' | 'refused' | 'all'

/** moderator: has the admin token. voter: has voted in the poll. session: has not. stranger: brings nothing. */
export const readers = ['moderator', 'voter', 'session', 'stranger'] as const
export type Reader = (typeof readers)[number]

export interface Situation {
  readonly name: string
  readonly visibility: Visibility
  readonly phase: 'open' | 'closed' | 'revealed'
  /** What the rule lets each reader see, in the order of `readers`. */
  readonly rule: readonly [Told, Told, Told, Told]
}

const situation = (
  visibility: Visibility,
  phase: Situation['phase'],
  ...rule: [Told, Told, Told, Told]
): Situation => ({ name: `${visibility}, ${phase}`, visibility, phase, rule })

export const situations: readonly Situation[] = [
  situation('live', 'open', 'counts', 'counts', 'counts', 'counts'),
  situation('live', 'closed', 'counts', 'counts', 'counts', 'counts'),
  situation('after-vote', 'open', 'counts', 'counts', 'nothing', 'nothing'),
  situation('after-vote', 'closed', 'counts', 'counts', 'counts', 'counts'),
  situation('after-close', 'open', 'counts', 'nothing', 'nothing', 'nothing'),
  situation('after-close', 'closed', 'counts', 'counts', 'counts', 'counts'),
  situation('embargo', 'open', 'turnout', 'nothing', 'nothing', 'nothing'),
  situation('embargo', 'closed', 'turnout', 'nothing', 'nothing', 'nothing'),
  situation('embargo', 'revealed', 'counts', 'counts', 'counts', 'counts'),
]

type Expects = (situation: Situation, reader: Reader) => Told

const byTheRule: Expects = ({ rule }, reader) => rule[readers.indexOf(reader)] ?? 'refused'
const asAStranger: Expects = (its) => byTheRule(its, 'stranger')
const always =
  (told: Told): Expects =>
  () =>
    told
/** In the order of `readers`. */
const whoever =
  (...told: [Told, Told, Told, Told]): Expects =>
  (_, reader) =>
    told[readers.indexOf(reader)] ?? 'refused'

const command = whoever('nothing', 'refused', 'refused', 'refused')
const ofAVoter = whoever('refused', 'nothing', 'nothing', 'refused')
/** Of one's own vote; the proof of it, for a voter who may see the counts, tells them how many votes there were. */
const provenToVoters: Expects = (its, reader) =>
  reader === 'voter' && byTheRule(its, reader) === 'counts' ? 'counts' : ofAVoter(its, reader)
/** Who may not see the counts is refused. */
const countsAlone: Expects = (its, reader) => (byTheRule(its, reader) === 'counts' ? 'counts' : 'refused')
const nothing = always('nothing')
const all = always('all')

/** Every way that the walks of ways-to-read.ts find has a row here; where there is none, the test fails. */
export const rows: Readonly<Record<string, Expects>> = {
  'Query.events': countsAlone,
  'Query.report': countsAlone,
  'Query.tally': byTheRule,
  'Query.timeline': byTheRule,
  'Query.certification': nothing,
  'Query.reconciliation': whoever('turnout', 'refused', 'refused', 'refused'),
  'Query.poll': nothing,
  'Query.polls': nothing,
  'Subscription.tally': byTheRule,
  'Subscription.poll': nothing,
  'Subscription.publicPolls': nothing,
  'Subscription.polls': command,
  'Subscription.pipeline': whoever('all', 'refused', 'refused', 'refused'),
  'session.start': nothing,
  'session.verify': nothing,
  'poll.list': nothing,
  'poll.byId': nothing,
  'poll.bySlug': nothing,
  'vote.allowance': ofAVoter,
  'vote.status': provenToVoters,
  'vote.cast': ofAVoter,
  'admin.updatePoll': command,
  'admin.createPoll': command,
  'admin.duplicatePoll': command,
  'admin.deletePoll': command,
  'admin.revealPoll': command,
  'admin.archivePoll': command,
  'admin.unarchivePoll': command,
  'admin.closePoll': command,
  'admin.openPoll': command,
  'admin.certifyPoll': command,
  'GET /api/polls/*/totals': asAStranger,
  'GET /schema.graphql': nothing,
  'GET /.well-known/jwks.json': nothing,
  'GET /healthz': nothing,
  'GET /version': nothing,
  'GET /readyz': all,
  'GET /metrics': all,
  'GET /*': nothing,
}

/**
 * The addresses of the read model's own port, where the admin token makes a moderator and anything else a stranger. No
 * walk finds them; RM4 asks each of them. `/healthz` and the sums of all polls tell of no poll.
 */
export const readModelRows: Readonly<Record<string, Expects>> = {
  'GET /tallies/*': (its, reader) => {
    const told = byTheRule(its, reader === 'moderator' ? reader : 'stranger')
    return told === 'nothing' ? 'refused' : told
  },
  'GET /events': (its, reader) => countsAlone(its, reader === 'moderator' ? reader : 'stranger'),
  'GET /reports/*': (its, reader) => countsAlone(its, reader === 'moderator' ? reader : 'stranger'),
}

/** Topics know no readers: who may read them is for Kafka's access lists to say. */
export const topicRows: Readonly<Record<string, (situation: Situation) => Told>> = {
  'urna.votes': () => 'counts',
  'urna.polls': () => 'nothing',
  'urna.anchors': () => 'counts',
  'urna.tallies': (its) => asAStranger(its, 'stranger'),
}

/** What is measured of all polls together; no metric has a poll for a label. */
export const metricRows: ReadonlySet<string> = new Set([
  'urna_vote_answers_total',
  'urna_viewers',
  'urna_audiences',
  'urna_sockets',
  'urna_single_streams',
  'urna_frames_total',
  'urna_votes_held',
  'urna_votes_held_limit',
  'urna_votes_waiting',
  'urna_votes_waiting_limit',
  'urna_redis_bytes',
  'urna_redis_bytes_limit',
  'urna_group_votes',
  'urna_votes_received_total',
  'urna_batches_persisted_total',
  'urna_persist_transactions_total',
  'urna_votes_rejected_total',
  'urna_batches_sent_back_total',
  'urna_unreadable_jobs',
  'urna_ledger_rows_emitted_total',
  'urna_ledger_rows_unemitted',
  'urna_ledger_rows_unemitted_oldest_seconds',
  'urna_anchors_signed_total',
  'urna_ledger_faults',
  'urna_unanchored_oldest_seconds',
  'urna_polls_counting',
  'urna_read_model_events_total',
  'urna_read_model_repeats_total',
  'urna_read_model_unreadable_total',
  'urna_read_model_skipped_offsets_total',
  'urna_read_model_fenced_total',
  'urna_drift_votes',
  'urna_drift_age_seconds',
  'urna_lost_votes',
  'urna_reconcile_look_seconds',
  'urna_reconcile_last_look_age_seconds',
])

const letters = { counts: 'C', turnout: 'T', nothing: '·', refused: 'x', all: 'A' } as const

/** The table as a page. */
export function render(): string {
  const heads = situations.map(({ name }) => name)
  const asked = Object.entries(rows).map(([way, expects]) => [
    `\`${way}\``,
    ...situations.map((its) => readers.map((reader) => letters[expects(its, reader)]).join(' ')),
  ])
  const ofReadModel = Object.entries(readModelRows).map(([way, expects]) => [
    `\`${way}\``,
    ...situations.map((its) => readers.map((reader) => letters[expects(its, reader)]).join(' ')),
  ])
  const topics = Object.entries(topicRows).map(([topic, expects]) => [
    `\`${topic}\``,
    ...situations.map((its) => letters[expects(its)]),
  ])
  return `# Who sees which count

Written from \`tests/who-sees-what.ts\`; \`tests/visibility.test.ts\` asks a real house in each of these ways, as each of
these readers, and compares. A way to read that has no row fails it.

Each cell has four letters, for ${readers.map((reader) => `**${reader}**`).join(', ')}, in this order:

- a moderator has the admin token; a voter has voted in this very poll; a session is one that has not; a stranger
  brings nothing
- **C** counts by option · **T** turnout alone · **·** nothing · **x** refused ·
  **A** sums of all polls together, of no poll alone

## Queries, subscriptions, procedures, addresses

${table(['way', ...heads], asked)}

\`Query.certification\` is null until it was asked for; then its numbers follow the poll's rule, and everyone may hear when
the result was certified. A command of a moderator may tell that a poll was voted in (\`admin.deletePoll\`).
\`vote.status\` and \`vote.allowance\` tell a voter of the votes of this voter, \`vote.status\` also of one whose voteId
and receipt are shown. Its proof names how many votes the poll had in a batch and in a gateway's run, so it goes to those alone who may
see the counts; the receipt itself tells, by the length of its path, how many votes the poll had in that one batch, to a
power of two. What counts all polls together tells of one where there is only one: give \`/metrics\` and \`/readyz\` to
those who run the house, not to the world.

An open stream follows the rule. Where a change makes it matter who has voted (to \`after-vote\`, or a poll under it that
opens again), the \`tally\` streams of all but moderators complete; who subscribes again is judged anew.

## The read model's own port

It knows moderators by the admin token, and everyone else as a stranger: who has voted asks the gateway.

${table(['way', ...heads], ofReadModel)}

## Kafka

Whoever may read a topic reads all of it: access lists decide. \`urna.votes\` is the ledger, \`urna.anchors\` its
signed heads, whose last tells a certified result: both are for auditors.

${table(['topic', ...heads], topics)}

## Metrics

Of all polls together, with no poll for a label: ${[...metricRows].map((name) => `\`${name}\``).join(', ')}.
`
}

/** Columns padded to one width, as the formatter wants them. */
function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  const widths = head.map((text, i) => Math.max(text.length, ...body.map((row) => row[i]?.length ?? 0)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
