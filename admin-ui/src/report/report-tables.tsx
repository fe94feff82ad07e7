/** What a report tells in rows: votes that did not count, votes a voter, and the rounds before. */
import { Link } from 'wouter'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { shareOf } from './share-lines.ts'
import type { PollReport } from './use-report.ts'

const outcomes: ReadonlyMap<string, string> = new Map([
  ['repeat', 'Repeat'],
  ['refused', 'Refused'],
  ['rejected', 'Rejected'],
])

export function NotCounted({ outcomes: told }: Pick<PollReport, 'outcomes'>) {
  return (
    <section aria-labelledby="report-outcomes">
      <h3 id="report-outcomes">Accepted, not in the result</h3>
      {told.length === 0 ? (
        <p className="panel-empty">None: every vote that was accepted counts.</p>
      ) : (
        <table className="report-table">
          <tbody>
            {told.map(({ outcome, why, votes }) => (
              <tr key={`${outcome} ${why}`}>
                <th scope="row">
                  {outcomes.get(outcome) ?? outcome} <span className="unit">{why}</span>
                </th>
                <td className="figure">{wholeNumber.format(votes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

export function VotesAVoter({
  voters,
  isCertified,
}: Pick<PollReport, 'voters'> & { readonly isCertified: boolean }) {
  // Where nobody could tell a voter from another there is nothing to say, once it is certified.
  if (voters.length === 0 && isCertified) return null
  const boxes = new Set(voters.map(({ boxId }) => boxId))
  return (
    <section aria-labelledby="report-voters">
      <h3 id="report-voters">Votes a voter</h3>
      {voters.length === 0 ? (
        <p className="panel-empty">Told when the result is certified.</p>
      ) : (
        <table className="report-table">
          <tbody>
            {voters.map(({ boxId, votes, voters: many }) => (
              <tr key={`${boxId} ${votes}`}>
                <th scope="row">
                  {votes === 1 ? '1 vote' : `${wholeNumber.format(votes)} votes`}{' '}
                  {boxes.size > 1 && <span className="unit">{boxId}</span>}
                </th>
                <td className="figure">
                  {wholeNumber.format(many)} <span className="unit">{many === 1 ? 'voter' : 'voters'}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}

const percent = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 })

export function EarlierRounds({
  rounds,
  poll,
}: Pick<PollReport, 'rounds'> & { readonly poll: Pick<PollParts, 'pollId' | 'options'> }) {
  if (rounds.length < 2) return null
  return (
    <section aria-labelledby="report-rounds" className="report-wide">
      <h3 id="report-rounds">Beside its earlier rounds</h3>
      <div className="report-scroll">
        <table className="report-table">
          <thead>
            <tr>
              <th scope="col">Round</th>
              {poll.options.map(({ optionId, text }) => (
                <th key={optionId} scope="col">
                  {text}
                </th>
              ))}
              <th scope="col">Votes</th>
            </tr>
          </thead>
          <tbody>
            {rounds.map(({ pollId, round, total, options }) => (
              <tr key={pollId}>
                <th scope="row">
                  {pollId === poll.pollId ? (
                    `${round}, this one`
                  ) : (
                    <Link href={`/polls/${pollId}`}>{round}</Link>
                  )}
                </th>
                {poll.options.map(({ optionId }) => (
                  <td key={optionId} className="figure">
                    {options.some((one) => one.optionId === optionId)
                      ? percent.format(shareOf(options, optionId))
                      : '–'}
                  </td>
                ))}
                <td className="figure">{wholeNumber.format(total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
