/** Writes the README's table of figures out of bench/results/latest.json; part of `npm run generate`. */
import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { format, resolveConfig } from 'prettier'
import { z } from 'zod'

const resultsShape = z.object({
  machine: z.object({ cpu: z.string(), cores: z.number(), memoryGb: z.number() }),
  figures: z.array(
    z.object({ name: z.string(), value: z.number(), at: z.iso.datetime(), commit: z.string() }),
  ),
})
export type Results = z.infer<typeof resultsShape>

const [begin, end] = ['<!-- figures: npm run generate -->', '<!-- end of figures -->']

/** The README with today's table in the place of the one it has. Throws where a figure or the place is missing. */
export async function withTable(readme: string, results: Results): Promise<string> {
  const [from, to] = [readme.indexOf(begin), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The README has no place for figures: ${begin} … ${end}`)
  const text = `${readme.slice(0, from)}${begin}\n\n${renderTable(results)}\n\n${readme.slice(to)}`
  const file = join(checkout, 'README.md')
  return format(text, { ...(await resolveConfig(file)), filepath: file })
}

function renderTable({ machine, figures }: Results): string {
  const days: string[] = [] // on which what is shown was measured
  const of = (name: string) => {
    const figure = figures.find((its) => its.name === name)
    if (figure === undefined) throw new Error(`bench/results/latest.json has no ${name}: npm run bench`)
    days.push(figure.at.slice(0, 10))
    return figure
  }
  const n = (name: string, digits = 0) =>
    of(name).value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  const rows = [
    [
      'a vote at the door, gateway and Redis',
      `${n('door.cpu_us')} µs of CPU`,
      `${n('door.bare_cpu_us')} µs: bare node:http, no store`,
      `${n('door.stock_cpu_us')} µs: tRPC's own adapter, a job a vote`,
    ],
    [
      'a vote all the way, to Postgres and Kafka',
      `${n('pipeline.cpu_us')} µs at ${n('pipeline.votes_per_s')} votes/s`,
      '',
      '',
    ],
    [
      'rows into Postgres when a queue is drained',
      `${n('ingest.rows_per_s')}/s, ledger and counts included`,
      `${n('ingest.raw_rows_per_s')}/s: the rows alone`,
      '',
    ],
    [
      'a delivery to one of 15,000 viewers',
      `${n('fanout.cpu_us.15000', 1)} µs`,
      `${n('fanout.bare_cpu_us.15000', 1)} µs: bare write of one frame`,
      `${n('fanout.stock_cpu_us.15000', 1)} µs: graphql-yoga as it comes`,
    ],
    [
      'memory of a viewer',
      `${n('fanout.kb.15000')} kB`,
      `${n('fanout.bare_kb.15000')} kB`,
      `${n('fanout.stock_kb.15000')} kB`,
    ],
    [
      'from a vote to the screens of 1,000, half and 99 %',
      `${n('latency.half.p50_ms')} and ${n('latency.half.p99_ms')} ms`,
      '',
      '',
    ],
    [
      `a burst of ${n('burst.offered_per_s')} votes/s for 30 s`,
      `${n('burst.lost')} lost, all answered after ${n('burst.answered_s')} s`,
      '',
      '',
    ],
    ['a million votes that wait', `${n('bound.lost')} lost, stored in ${n('bound.drain_s')} s`, '', ''],
  ]
  const [first, last] = [days.sort()[0], days.at(-1)]
  const measured = first === last ? first : `${first} to ${last}`
  return [
    '| what | Urna | the bare minimum | off the shelf |',
    '|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    `On ${machine.cores} cores (${machine.cpu}, ${machine.memoryGb} GB) that the load generator shares, ${measured}.`,
  ].join('\n')
}

export function readResults(): Results {
  return resultsShape.parse(JSON.parse(readFileSync(join(checkout, 'bench/results/latest.json'), 'utf8')))
}

const checkout = dirname(import.meta.dirname)
if (import.meta.main) {
  const file = join(checkout, 'README.md')
  writeFileSync(file, await withTable(readFileSync(file, 'utf8'), readResults()))
}
