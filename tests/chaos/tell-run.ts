/** Tells how a run ended: the table, and what disagrees. */
import type { PollLine } from './judge.ts'
import type { ChaosRun } from './run-chaos.ts'

const columns = ['acknowledged', 'stored', 'counted', 'streamed', 'shown', 'lost', 'double'] as const

export function tellRun(run: ChaosRun, say: (line: string) => void): void {
  const all: PollLine = {
    name: 'all',
    ...(Object.fromEntries(
      columns.map((column) => [column, run.lines.reduce((sum, line) => sum + line[column], 0)]),
    ) as Record<(typeof columns)[number], number>),
  }
  say('')
  say(`${'poll'.padEnd(12)}${columns.map((column) => column.padStart(13)).join('')}`)
  for (const line of [...run.lines, all])
    say(`${line.name.padEnd(12)}${columns.map((column) => String(line[column]).padStart(13)).join('')}`)
  say('')
  const { seed, faults, happened, met, votesSent, tookS, end } = run
  say(
    `seed ${seed}: ${faults} faults, ${happened} of them happened, ${met} met votes in flight; ${votesSent} votes sent; ${tookS} s`,
  )
  if (end === null) say('Books, certificates and exports were not asked for.')
  else {
    const { polls, books, certified, refused, verified } = end
    const lossy = refused > 0 ? ` (${refused} not, as votes are lost, and it says so)` : ''
    say(
      `books: ${books} of ${polls} balanced; certified: ${certified} of ${polls}${lossy}; exports verified: ${verified} of ${polls}`,
    )
  }
  for (const { sign, says } of run.disagreements) say(`DISAGREES (${sign}) ${says}`)
  if (run.evidence !== null) say(`evidence: ${run.evidence}`)
  if (run.disagreements.length > 0) return say('Something disagrees.')
  if (run.isTooGentle)
    return say('Too gentle: under half of the faults met votes in flight, so this shows nothing.')
  say('All agree: nothing lost, nothing twice.')
}
