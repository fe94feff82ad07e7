/** RT: what the README says in tables is what the code says. */
import { expect, it } from 'vitest'
import { callRefusals, voteRefusals } from '../contracts/refusals.ts'
import { readmeSection } from './readme-blocks.ts'

it('RT1 the README tells each refusal, with its status, whether to try again, and what to do', () => {
  const rows = readmeSection('For integrators').matchAll(
    /^\| `([\w-]+)` +\| (\d+) +\| (later|no) +\| ([A-Z].*\.) *\|$/gm,
  )
  const told = [...rows].map(([, code, status, again]) => [
    code,
    { status: Number(status), again: again === 'later' },
  ])
  const all = Object.entries({ ...voteRefusals, ...callRefusals })
  expect(told).toEqual(all.map(([code, { status, again }]) => [code, { status, again }]))
})
