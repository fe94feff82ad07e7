/** All polls, drafts too: filtered, searched, each with its live total. */
import { useId } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Ask } from '../gateway/ask.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { ScreenTitle } from '../room/screen-title.tsx'
import { Waiting } from '../room/waiting.tsx'
import { pollStates } from '../../../contracts/poll.ts'
import { countByState, filterPolls, filterFrom, type PollFilter } from './filter-polls.ts'
import type { KnownPolls } from './known-polls.ts'
import { PollRow } from './poll-row.tsx'
import type { PollParts } from './poll-parts.ts'
import { stateInWords } from './state-badge.tsx'
import { totalsToRead } from './totals.ts'
import { useAskedTallies } from './use-asked-tallies.ts'
import { useTally } from './use-tally.ts'

interface PollsScreenParts {
  readonly known: KnownPolls
  readonly streams: Streams
  readonly ask: Ask
  /** Grows when the pipeline has counted votes. */
  readonly counts: number
}

export function PollsScreen({ known, streams, ask, counts }: PollsScreenParts) {
  if (known.at !== 'shown') return <Waiting title="Polls" at={known.at} />
  return (
    <>
      <div className="screen-head">
        <ScreenTitle title="Polls" />
        <Link href="/polls/new" className="button button-action">
          New poll
        </Link>
      </div>
      {known.polls.length === 0 ? (
        <div className="empty">
          <h2>No poll yet</h2>
          <p>A poll begins as a draft that only this room sees. You open it when the audience shall vote.</p>
          <Link href="/polls/new" className="button button-action">
            Create the first poll
          </Link>
        </div>
      ) : (
        <PollList polls={known.polls} streams={streams} ask={ask} counts={counts} />
      )}
    </>
  )
}

type PollListParts = Omit<PollsScreenParts, 'known'> & { readonly polls: readonly PollParts[] }

function PollList({ polls, streams, ask, counts }: PollListParts) {
  const [params, setParams] = useSearchParams()
  const filter = filterFrom(params)
  const shown = filterPolls(polls, filter)
  const { live, asked } = totalsToRead(shown)
  const tallies = useAskedTallies(ask, asked, counts)
  // The filter lies in the address: it survives a reload and the way back from a poll.
  const setFilter = ({ state, words }: PollFilter) =>
    setParams({ ...(state !== 'all' && { state }), ...(words !== '' && { words }) }, { replace: true })
  return (
    <>
      <FilterBar polls={polls} filter={filter} onFilter={setFilter} />
      <p className="only-read" role="status">
        {shown.length} of {polls.length} polls shown
      </p>
      {shown.length === 0 ? (
        <div className="empty">
          <h2>No poll fits</h2>
          <p>None of the {polls.length} polls has this state and these words.</p>
          <button type="button" className="button" onClick={() => setFilter({ state: 'all', words: '' })}>
            Show all polls
          </button>
        </div>
      ) : (
        <ul className="poll-list" aria-label="Polls">
          {shown.map((poll) =>
            live.includes(poll.pollId) ? (
              <LiveRow key={poll.pollId} poll={poll} streams={streams} />
            ) : (
              <PollRow key={poll.pollId} poll={poll} tally={tallies.get(poll.pollId) ?? null} />
            ),
          )}
        </ul>
      )}
    </>
  )
}

function LiveRow({ poll, streams }: { poll: PollParts; streams: Streams }) {
  const { tally } = useTally(streams, poll.pollId)
  return <PollRow poll={poll} tally={tally} />
}

interface FilterBarParts {
  readonly polls: readonly PollParts[]
  readonly filter: PollFilter
  readonly onFilter: (filter: PollFilter) => void
}

function FilterBar({ polls, filter, onFilter }: FilterBarParts) {
  const searchId = useId()
  const counts = countByState(polls)
  const states = pollStates.filter((state) => counts[state] > 0 || filter.state === state)
  return (
    <div className="filter" role="search">
      <fieldset className="filter-states">
        <legend className="only-read">State</legend>
        {(['all', ...states] as const).map((state) => (
          <label key={state} className="filter-state">
            <input
              type="radio"
              name="state"
              checked={filter.state === state}
              onChange={() => onFilter({ ...filter, state })}
            />
            <span>
              {state === 'all' ? 'All' : stateInWords(state)}{' '}
              <b>{state === 'all' ? polls.length : counts[state]}</b>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="filter-search">
        <label htmlFor={searchId} className="only-read">
          Search polls
        </label>
        <input
          id={searchId}
          type="search"
          placeholder="Search polls"
          value={filter.words}
          onChange={(event) => onFilter({ ...filter, words: event.target.value })}
        />
      </div>
    </div>
  )
}
