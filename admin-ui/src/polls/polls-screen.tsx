/** A page of the polls, drafts too: filtered and searched by the gateway, each with its live total. */
import { useRef } from 'react'
import { Link } from 'wouter'
import type { Ask } from '../gateway/ask.ts'
import type { Streams } from '../../../contracts/streams.graphql-sse.ts'
import { ScreenTitle } from '../room/screen-title.tsx'
import { Waiting } from '../room/waiting.tsx'
import { isNarrowed, pageSize, type AskedPolls } from './asked-polls.ts'
import { FilterBar } from './filter-bar.tsx'
import type { PollList } from './known-polls.ts'
import { PollRow, wholeNumber } from './poll-row.tsx'
import type { PollParts } from './poll-parts.ts'
import { totalsToRead } from './totals.ts'
import { usePaging, type Paging } from './use-asked.ts'
import { useAskedTallies } from './use-asked-tallies.ts'
import type { PollCounts } from './use-counts.ts'
import { useListKeys } from './use-list-keys.ts'
import { useTally } from './use-tally.ts'

interface PollsScreenParts {
  readonly list: PollList
  readonly asked: AskedPolls
  readonly counts: PollCounts | null
  readonly streams: Streams
  readonly ask: Ask
  /** Grows when the pipeline has counted votes. */
  readonly moment: number
}

export function PollsScreen(parts: PollsScreenParts) {
  const { list, asked, counts } = parts
  const screen = useRef<HTMLDivElement>(null)
  const paging = usePaging(asked)
  useListKeys(screen)
  if (list.at !== 'shown') return <Waiting title="Polls" at={list.at} />
  const { page, isOld } = list
  return (
    <div ref={screen}>
      <div className="screen-head">
        <ScreenTitle title="Polls" />
        <Link href="/polls/new" className="button button-action">
          New poll
        </Link>
      </div>
      {page.total === 0 && !isNarrowed(asked) && !isOld ? (
        <NoPollYet onShelf={(shelf) => paging.narrow({ shelf })} />
      ) : (
        <>
          <FilterBar asked={asked} counts={counts} onNarrow={paging.narrow} />
          <p className="only-read" role="status">
            {isOld ? '' : `${page.total} ${page.total === 1 ? 'poll' : 'polls'} found`}
          </p>
          <div className={isOld ? 'poll-page is-old' : 'poll-page'} aria-busy={isOld}>
            {page.total === 0 ? (
              <NoPollFits
                asked={asked}
                onAll={() => paging.narrow({ state: 'all', words: '', shelf: 'current' })}
              />
            ) : (
              <Rows {...parts} polls={page.polls} />
            )}
          </div>
          <Pages asked={asked} total={page.total} nextAfter={page.nextAfter} paging={paging} isBusy={isOld} />
        </>
      )}
    </div>
  )
}

type RowsParts = Pick<PollsScreenParts, 'streams' | 'ask' | 'moment'> & {
  readonly polls: readonly PollParts[]
}

function Rows({ polls, streams, ask, moment }: RowsParts) {
  const { live, asked } = totalsToRead(polls)
  const tallies = useAskedTallies(ask, asked, moment)
  return (
    <ul className="poll-list" aria-label="Polls">
      {polls.map((poll) =>
        live.includes(poll.pollId) ? (
          <LiveRow key={poll.pollId} poll={poll} streams={streams} />
        ) : (
          <PollRow key={poll.pollId} poll={poll} tally={tallies.get(poll.pollId) ?? null} />
        ),
      )}
    </ul>
  )
}

function LiveRow({ poll, streams }: { poll: PollParts; streams: Streams }) {
  const { tally } = useTally(streams, poll.pollId)
  return <PollRow poll={poll} tally={tally} />
}

interface PagesParts {
  readonly asked: AskedPolls
  readonly total: number
  readonly nextAfter: string | null
  readonly paging: Paging
  readonly isBusy: boolean
}

function Pages({ asked, total, nextAfter, paging, isBusy }: PagesParts) {
  const { newer, older, hasTrail } = paging
  if (newer === null && nextAfter === null) return null
  const pages = Math.max(asked.page, Math.ceil(total / pageSize))
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" className="button" disabled={newer === null || isBusy} onClick={() => newer?.()}>
        {newer === null || hasTrail ? '← Newer' : '← Newest'}
      </button>
      <p>
        Page {wholeNumber.format(asked.page)} of {wholeNumber.format(pages)}
        <span className="pages-total">, {wholeNumber.format(total)} polls</span>
      </p>
      <button
        type="button"
        className="button"
        disabled={nextAfter === null || isBusy}
        onClick={() => nextAfter !== null && older(nextAfter)}
      >
        Older →
      </button>
    </nav>
  )
}

function NoPollYet({ onShelf }: { onShelf: (shelf: 'archive') => void }) {
  return (
    <div className="empty">
      <h2>No poll yet</h2>
      <p>A poll begins as a draft that only this room sees. You open it when the audience shall vote.</p>
      <p className="empty-ways">
        <Link href="/polls/new" className="button button-action">
          Create the first poll
        </Link>
        <button type="button" className="button" onClick={() => onShelf('archive')}>
          Look into the archive
        </button>
      </p>
    </div>
  )
}

function NoPollFits({ asked, onAll }: { asked: AskedPolls; onAll: () => void }) {
  return (
    <div className="empty">
      <h2>No poll fits</h2>
      <p>
        {asked.words.trim() === '' ? (
          'No poll has this state on this shelf.'
        ) : (
          <>
            No poll here has <q>{asked.words.trim()}</q> in its question, description, address or options.
          </>
        )}
      </p>
      <button type="button" className="button" onClick={onAll}>
        Show all polls
      </button>
    </div>
  )
}
