/** Rules of the runs: rows that lie end to end are whole, in whatever order they come. */
import { expect, it } from 'vitest'
import { checkRuns } from './check-runs.ts'

/** [run, what it had accepted with this row, how many votes the row holds] */
function found(rows: readonly (readonly [string, number, number])[]) {
  const runs = checkRuns()
  for (const [run, runAccepted, votes] of rows)
    runs.row({
      ...{ batchId: `${run}${runAccepted}`, run, runAccepted },
      votes: Array.from({ length: votes }, (_, i) => [i, 'vote', 'all', 'samba']),
    })
  return runs.end()
}

it('RN1 rows that lie end to end lack nothing, whatever shard brought them and however many runs there are', () => {
  const rows = [
    ...[['a', 8, 5] as const, ['b', 2, 2] as const, ['a', 3, 3] as const],
    ...[['a', 9, 1] as const, ['b', 502, 500] as const],
  ]
  expect(found(rows)).toEqual({ missing: 0, overlaps: [] })
  expect(found(rows.toReversed())).toEqual({ missing: 0, overlaps: [] })
  expect(found([])).toEqual({ missing: 0, overlaps: [] })
})

it('RN2 a row that was taken out is missing with its votes, at the beginning and in the middle of a run', () => {
  expect(found([['a', 8, 5]]).missing).toBe(3)
  expect(
    found([
      ['a', 3, 3],
      ['a', 20, 2],
      ['b', 7, 6],
    ]).missing,
  ).toBe(15 + 1)
})

it('RN3 a row that claims what another one holds is named, in whatever order they come', () => {
  const rows = [3, 6, 9, 12].map((upTo) => ({ upTo, votes: 3 }))
  const claims = [
    ...[
      { upTo: 5, votes: 4 },
      { upTo: 6, votes: 3 },
      { upTo: 12, votes: 12 },
    ],
    ...[
      { upTo: 4, votes: 2 },
      { upTo: 2, votes: 3 },
    ],
  ]
  for (const claim of claims) {
    for (let at = 0; at <= rows.length; at++) {
      const all = rows.toSpliced(at, 0, claim)
      const { overlaps } = found(all.map(({ upTo, votes }) => ['a', upTo, votes]))
      expect(overlaps[0]).toContain('run a')
    }
  }
})

it('RN4 joins what touches, however many rows there are and in whatever order they come', () => {
  const runs = checkRuns()
  const rows = 200_000
  for (let i = 0; i < rows; i++)
    runs.row({ batchId: 'one', run: 'a', runAccepted: rows - i, votes: [[0, 'vote', 'all', 'samba']] })
  expect(runs.end()).toEqual({ missing: 0, overlaps: [] })
})
