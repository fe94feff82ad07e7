/** Accepted votes on one side, what became of them on the other. */
import { wholeNumber } from '../polls/poll-row.tsx'
import type { PollBooks } from './use-books.ts'

type Books = PollBooks['books']

const parts: readonly {
  readonly name: Exclude<keyof Books, '__typename'>
  readonly words: string
  readonly says: string
}[] = [
  { name: 'counted', words: 'Counted', says: 'in the result' },
  { name: 'repeats', words: 'Repeats', says: 'the same vote again' },
  { name: 'refused', words: 'Refused', says: 'the voter had voted' },
  { name: 'rejected', words: 'Rejected', says: 'could not be stored' },
  { name: 'waiting', words: 'Waiting', says: 'in the queue' },
  { name: 'lost', words: 'Lost', says: 'in no batch any more' },
]

export function Equation({ books }: { books: Books }) {
  return (
    <table className="books-table equation">
      <caption>What became of every accepted vote</caption>
      <tbody>
        <tr className="equation-whole">
          <th scope="row">Accepted</th>
          <td className="figure">{wholeNumber.format(books.accepted)}</td>
        </tr>
        {parts.map(({ name, words, says }, i) => (
          <tr key={name} className={rowClass(name, books[name])}>
            <th scope="row">
              <span className="equation-sign" aria-hidden="true">
                {i === 0 ? '=' : '+'}
              </span>
              {words} <span className="unit">{says}</span>
            </th>
            <td className="figure">{wholeNumber.format(books[name])}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr className={books.unexplained === 0 ? undefined : 'is-bad'}>
          <th scope="row">Left over, unexplained</th>
          <td className="figure">{wholeNumber.format(books.unexplained)}</td>
        </tr>
      </tfoot>
    </table>
  )
}

/** Nothing is quiet, a loss is not. */
const rowClass = (name: string, votes: number) =>
  votes === 0 ? 'is-nothing' : name === 'lost' ? 'is-bad' : undefined
