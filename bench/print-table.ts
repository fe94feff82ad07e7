/** Prints the figures of this run, and the settings under which they were measured. */
import type { Figure } from './part.ts'
import { rounded } from './statistics.ts'

export function printTable(
  say: (line: string) => void,
  settings: Readonly<Record<string, string>>,
  figures: readonly Figure[],
): void {
  say('\nsettings, as the running servers tell them')
  const byServer = Map.groupBy(Object.entries(settings), ([name]) => name.split('.', 1)[0] ?? '')
  for (const [server, entries] of byServer) {
    const told = entries.map(([name, value]) => `${name.slice(server.length + 1)}=${value}`)
    say(`  ${server}: ${told.join(' ')}`)
  }
  say('')
  const names = Math.max(...figures.map(({ name }) => name.length))
  for (const { name, value, unit, note } of figures) {
    const amount = rounded(value).toLocaleString('en', { maximumFractionDigits: 6 })
    say(`${name.padEnd(names)}  ${amount.padStart(12)} ${unit.padEnd(8)} ${note ?? ''}`.trimEnd())
  }
}
