/** The books of a poll: what became of every accepted vote, and whether all places that know the count agree. */
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { useNow } from '../../../vote-ui/src/time/use-now.ts'
import type { Looked } from '../gateway/use-look.ts'
import { clockWithSeconds } from '../polls/schedule.ts'
import { DriftList } from './drift-list.tsx'
import { Equation } from './equation.tsx'
import { judgeBooks } from './judge-books.ts'
import { SourcesTable } from './sources-table.tsx'
import type { PollBooks } from './use-books.ts'

interface BooksPanelProps {
  readonly books: Looked<PollBooks | null>
  /** Nobody looks at them any more: the result is certified. */
  readonly isClosed: boolean
  readonly clock: Pick<ServerClock, 'now'>
}

export function BooksPanel(props: BooksPanelProps) {
  return (
    <section className="panel books" aria-labelledby="books">
      <div className="panel-head">
        <h2 id="books">Books</h2>
      </div>
      <BooksBody {...props} />
    </section>
  )
}

function BooksBody({ books, isClosed, clock }: BooksPanelProps) {
  switch (books.at) {
    case 'loading':
      return <p className="panel-empty">Reading…</p>
    case 'failed':
      return (
        <p className="panel-empty" role="status">
          The books cannot be had right now. They are asked for again by themselves.
        </p>
      )
    case 'shown':
      if (isClosed) return <Closed lastLook={books.answer} />
      if (books.answer === null)
        return (
          <p className="panel-empty" role="status">
            Nobody has looked yet. Is the role <code className="code">reconcile</code> of the queue workers
            running?
          </p>
        )
      return <Looks books={books.answer} isOld={books.isOld} clock={clock} />
    default:
      return books satisfies never
  }
}

/** What a last look before the certification saw may still have been on its way: it is no verdict any more. */
function Closed({ lastLook }: { lastLook: PollBooks | null }) {
  return (
    <>
      <p className="books-says mood-calm" role="status">
        The books are closed: the result is certified.
        <span className="books-then">
          What was admitted and what the ledger has stand beside its certificate.
        </span>
      </p>
      {lastLook !== null && (
        <details className="books-last">
          <summary>The last look, at {clockWithSeconds.format(Date.parse(lastLook.asOf))}</summary>
          <div className="books-tables">
            <Equation books={lastLook.books} />
            <SourcesTable books={lastLook} />
          </div>
        </details>
      )}
    </>
  )
}

// The role looks every second or two; after 15 s it is not a slow look but none.
const staleMs = 15_000

interface LooksProps {
  readonly books: PollBooks
  readonly isOld: boolean
  readonly clock: Pick<ServerClock, 'now'>
}

function Looks({ books, isOld, clock }: LooksProps) {
  const nowMs = useNow(clock, 1_000)
  const { mood, says, onTheirWay } = judgeBooks(books, nowMs)
  const ageMs = nowMs - Date.parse(books.asOf)
  const isStale = ageMs > staleMs
  return (
    <>
      <div className={`books-says mood-${isStale ? 'stuck' : mood}`}>
        <p role="status">
          {isStale ? `Nobody has looked since ${clockWithSeconds.format(Date.parse(books.asOf))}.` : says}
        </p>
        {isStale ? (
          <p className="books-then">
            What stood then is below. See that the role <code className="code">reconcile</code> is running.
          </p>
        ) : (
          onTheirWay !== null && <p className="books-then">{onTheirWay}</p>
        )}
      </div>
      <DriftList drifts={books.drifts} nowMs={nowMs} />
      <div className="books-tables">
        <Equation books={books.books} />
        <SourcesTable books={books} />
      </div>
      <p className="panel-foot">
        As of {clockWithSeconds.format(Date.parse(books.asOf))}
        {isOld && ', not live: the gateway did not answer the last time'}. Each number is read in a place of
        its own.
      </p>
    </>
  )
}
