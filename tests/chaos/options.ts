/** What was asked of `npm run chaos`. */
import { parseArgs } from 'node:util'
import { roles, type Role } from '../../queue-workers/config.ts'
import { faultKinds, type FaultKind } from './draw-faults.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly faults: number
  /** No fault begins after this many minutes. */
  readonly minutes: number
  /** Votes a second. */
  readonly rate: number
  /** Mean time from one fault to the next, ms. */
  readonly everyMs: number
  readonly kafkaNodes: number
  /** Draw from these alone; null = from all but those that lose votes by design. */
  readonly only: readonly FaultKind[] | null
  /** Roles of the queue workers that nobody plays. */
  readonly without: readonly Role[]
  /** Let Redis forget everything now and then: what was only queued may be lost, if it is named. */
  readonly forget: boolean
  /** A folder for the evidence; null = a temporary one. It is kept where something disagrees. */
  readonly evidence: string | null
  readonly mutants: boolean
  /** Of the mutants this one alone; null = all. */
  readonly mutant: string | null
}

export const usage = `npm run chaos -- [options]

  --seed N          the same seed draws the same faults at the same times (default: drawn, and printed)
  --faults N        how many faults (default 40; with --minutes as many as fit)
  --minutes N       no fault begins after so many minutes
  --rate N          votes a second (default 150)
  --gentle          half the votes, twice the time between faults: for a slow machine
  --kafka-nodes N   1 or 3 (default 3)
  --only A,B        draw from these kinds alone
  --without A,B     nobody plays these roles (reconcile, certify, read-model): nothing they mend is mended
  --forget          Redis also forgets everything now and then: what is lost must be named
  --evidence DIR    keep the evidence here, in any case
  --mutants         damage copies of the checkout on purpose, one fault of ours each; none may survive
  --mutant NAME     this one alone

  kinds: ${faultKinds.join(' ')}`

/** Without those that persist and publish no vote comes to its end. */
export const spareRoles = roles.filter((role) => role !== 'persist' && role !== 'publish')

const defaultEveryMs = 2_900

/** A text = what was wrong with the arguments, or the help that was asked for. */
export function readOptions(args: readonly string[]): ChaosOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        faults: { type: 'string' },
        minutes: { type: 'string' },
        rate: { type: 'string' },
        gentle: { type: 'boolean', default: false },
        'kafka-nodes': { type: 'string', default: '3' },
        only: { type: 'string' },
        without: { type: 'string' },
        forget: { type: 'boolean', default: false },
        evidence: { type: 'string' },
        mutants: { type: 'boolean', default: false },
        mutant: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) return usage
    const slow = values.gentle ? 2 : 1
    const everyMs = defaultEveryMs * slow
    const minutes = values.minutes === undefined ? null : number('minutes', values.minutes, 0.1, 1_440)
    const fitting = minutes === null ? 40 : Math.ceil((minutes * 60_000) / everyMs) * 2
    const kafkaNodes = number('kafka-nodes', values['kafka-nodes'], 1, 3)
    if (kafkaNodes === 2) throw new Error('--kafka-nodes is 1 or 3: two nodes have no majority without one')
    return {
      seed:
        values.seed === undefined
          ? Math.floor(Math.random() * 1_000_000)
          : number('seed', values.seed, 0, 2 ** 31),
      faults: values.faults === undefined ? fitting : number('faults', values.faults, 1, 100_000),
      minutes: minutes ?? 24 * 60,
      rate: (values.rate === undefined ? 150 : number('rate', values.rate, 1, 5_000)) / slow,
      ...{ everyMs, kafkaNodes },
      only: values.only === undefined ? null : values.only.split(',').map(kindOf),
      without: values.without === undefined ? [] : values.without.split(',').map(spareRoleOf),
      forget: values.forget,
      evidence: values.evidence ?? null,
      mutants: values.mutants || values.mutant !== undefined,
      mutant: values.mutant ?? null,
    }
  } catch (fault) {
    return `${fault instanceof Error ? fault.message : String(fault)}\n\n${usage}`
  }
}

function number(name: string, text: string, least: number, most: number): number {
  const read = Number(text)
  if (Number.isFinite(read) && read >= least && read <= most) return read
  throw new Error(`--${name} is a number from ${least} to ${most}`)
}

function spareRoleOf(name: string): Role {
  const role = spareRoles.find((known) => known === name.trim())
  if (role === undefined) throw new Error(`--without: there is no role ${name} that can be spared`)
  return role
}

function kindOf(name: string): FaultKind {
  const kind = faultKinds.find((known) => known === name.trim())
  if (kind === undefined) throw new Error(`--only: there is no kind ${name}`)
  return kind
}
