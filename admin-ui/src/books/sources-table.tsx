/** Every place where counted votes can be read, side by side, with a tick where it agrees. */
import { wholeNumber } from '../polls/poll-row.tsx'
import { sayOff, standOf, type SourceStand } from './judge-books.ts'
import type { PollBooks } from './use-books.ts'

/** Unknown names are told as they come. */
const words: ReadonlyMap<string, { readonly name: string; readonly says: string }> = new Map([
  ['ledger', { name: 'Ledger', says: 'its rows' }],
  ['rows', { name: 'Stored votes', says: 'rows' }],
  ['shards', { name: 'Counters', says: 'by shard' }],
  ['minutes', { name: 'Minutes', says: 'by minute' }],
  ['events', { name: 'Events', says: 'on Kafka' }],
  ['shown', { name: 'Shown', says: 'on screens' }],
  ['readModel', { name: 'Read model', says: 'for reports' }],
])

export function SourcesTable({ books }: { books: Pick<PollBooks, 'sources' | 'drifts'> }) {
  return (
    <table className="books-table sources">
      <caption>The same count, read in {books.sources.length} places</caption>
      <thead>
        <tr>
          <th scope="col">Where</th>
          <th scope="col">Batches</th>
          <th scope="col">Votes</th>
          <th scope="col">
            <span className="only-read">Agrees</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {books.sources.map((source) => {
          const told = words.get(source.name)
          const stand = standOf(source, books)
          return (
            <tr key={source.name} data-stand={stand.is}>
              <th scope="row">
                {told?.name ?? source.name} <span className="unit">{told?.says}</span>
                <Remark stand={stand} />
              </th>
              <td className="figure sources-batches">
                {source.batches === null ? '' : wholeNumber.format(source.batches)}
              </td>
              <td className="figure">{source.votes === null ? '–' : wholeNumber.format(source.votes)}</td>
              <td className="sources-mark">
                <Mark stand={stand} />
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Remark({ stand }: { stand: SourceStand }) {
  switch (stand.is) {
    case 'agrees':
      return null
    case 'on its way':
      return <span className="sources-remark">{sayOff(stand.by)}, on its way</span>
    case 'differs':
      return <span className="sources-remark">{sayOff(stand.by)}</span>
    case 'unread':
      return <span className="sources-remark">{stand.why}</span>
    default:
      return stand satisfies never
  }
}

const marks = { agrees: '✓', differs: '!', 'on its way': '…', unread: '?' } as const
const read = { agrees: 'yes', differs: 'no', 'on its way': 'not yet', unread: 'not known' } as const

function Mark({ stand }: { stand: SourceStand }) {
  return (
    <>
      <span aria-hidden="true">{marks[stand.is]}</span>
      <span className="only-read">{read[stand.is]}</span>
    </>
  )
}
