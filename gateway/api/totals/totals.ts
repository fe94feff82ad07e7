/** The totals of a poll as everyone may see them: the grand total, by option, and by hour. */
import type { Poll } from '../../../contracts/poll.ts'
import { nameTally, sumShards, type ShardCounts } from '../../../contracts/tally.ts'
import { seeTally, type SeenTally } from '../../results/seen-tally.ts'
import { mostHours, type BucketCounts } from '../graphql/read-timeline.slonik.ts'

/** A poll's counts as they stood at one instant: `hours` and `shards` have the same votes in them. */
export interface StoredTotals {
  readonly shards: readonly ShardCounts[]
  /** Oldest first. */
  readonly hours: readonly BucketCounts[]
}

/** Where nothing is shown: total and asOf null, version 0, options and hours empty. Times are ISO 8601 in UTC. */
export interface Totals extends Pick<
  SeenTally,
  'pollId' | 'version' | 'pollVersion' | 'asOf' | 'shows' | 'isRehearsal' | 'total'
> {
  readonly slug: string
  readonly question: string
  readonly timeZone: string
  readonly options: readonly { readonly optionId: string; readonly text: string; readonly votes: number }[]
  /** Votes whose acceptance fell into the hour that begins `at`, as the clocks of the poll's time zone tell it. */
  readonly hours: readonly {
    readonly at: string
    readonly total: number
    readonly options: readonly { readonly optionId: string; readonly votes: number }[]
  }[]
}

/** `stored` is null where nothing had to be read, as nothing is shown. */
export function totalsOf(poll: Poll, stored: StoredTotals | null): Totals {
  const { pollId, slug, question, timeZone } = poll
  const size = poll.options.length * poll.boxes.length
  const named = nameTally(poll, sumShards(pollId, size, stored?.shards ?? []))
  const { version, pollVersion, asOf, shows, isRehearsal, total, options } = seeTally(poll, named, 'stranger')
  return {
    ...{ pollId, slug, question, version, pollVersion, asOf, shows, isRehearsal, timeZone, total },
    options: options.map(({ optionId, votes }, i) => ({
      optionId,
      text: poll.options[i]?.text ?? '',
      votes,
    })),
    hours:
      shows === 'counts' ? (stored?.hours ?? []).slice(-mostHours).map((hour) => hourOf(poll, hour)) : [],
  }
}

function hourOf(poll: Poll, { at, counts }: BucketCounts): Totals['hours'][number] {
  const { total, options } = nameTally(poll, { pollId: poll.pollId, version: 0, asOf: at, counts })
  return { at: new Date(at).toISOString(), total, options }
}
