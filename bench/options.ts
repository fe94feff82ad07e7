/** What `npm run bench -- ...` was asked for. */
import { parseArgs } from 'node:util'
import { Trouble } from '../local/trouble.ts'
import type { BenchOptions, Part } from './part.ts'

export interface Asked {
  readonly parts: readonly Part[]
  /** Null: what each part takes. */
  readonly seconds: number | null
  readonly rounds: number
  readonly options: BenchOptions
}

const usage = (parts: readonly Part[]) => `
npm run bench [-- part ... --seconds N --rounds N]

${parts.map(({ name, says }) => `  ${name.padEnd(10)} ${says}`).join('\n')}

  --seconds N      length of a measured run, for shorter trials
  --rounds N       how often each rival is measured (3)
  --rate N         votes a second, in place of a rate that is searched for
  --connections N  connections of the load generator
  --gateways N     gateway processes, where a part does not say
  --workers N      queue-worker processes
  --generators N   processes that make the load (1)
`

/** Null where only the usage was asked for; Trouble says what cannot be done. `byDefault`: run when none is named. */
export function readAsked(
  args: readonly string[],
  parts: readonly Part[],
  byDefault: readonly Part[],
): Asked | string {
  const number = { type: 'string' } as const
  let read
  try {
    read = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        ...{ seconds: number, rounds: number, rate: number, connections: number },
        ...{ gateways: number, workers: number, generators: number },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new Trouble(`${error instanceof Error ? error.message : String(error)}\n${usage(parts)}`)
  }
  const { values, positionals } = read
  if (values.help === true) return usage(parts)
  const unknown = positionals.filter((name) => !parts.some((part) => part.name === name))
  if (unknown.length > 0) {
    const names = parts.map(({ name }) => name).join(', ')
    throw new Trouble(`There is no part ${unknown.join(', ')}; the parts are ${names}.`)
  }
  const chosen = positionals.length === 0 ? byDefault : parts.filter(({ name }) => positionals.includes(name))
  const amount = (name: Exclude<keyof typeof values, 'help'>): number | null => {
    const text = values[name]
    if (text === undefined) return null
    const n = Number(text)
    if (!(n > 0)) throw new Trouble(`--${name} must be a number above 0, not ${text}.`)
    return n
  }
  return {
    parts: chosen,
    seconds: amount('seconds'),
    rounds: amount('rounds') ?? 3,
    options: {
      rate: amount('rate'),
      connections: amount('connections'),
      gateways: amount('gateways'),
      workers: amount('workers'),
      generators: amount('generators') ?? 1,
    },
  }
}
