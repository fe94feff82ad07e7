/** What a part of the bench is: it is given the bench, and answers its figures. */
import type { BenchHouse } from './house.ts'

export interface Part {
  readonly name: string
  /** What it measures, in one line. */
  readonly says: string
  /** Throws where one of its checks fails: then none of its figures is written. */
  readonly run: (bench: Bench) => Promise<readonly Figure[]>
}

export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What a reader must know beside the number: its spread, its conditions. */
  readonly note?: string
}

export interface Bench {
  /** Tells one line that stays. */
  readonly say: (line: string) => void
  /** How long a measured run lasts: what `--seconds` says, else what the part takes. */
  readonly seconds: (otherwise: number) => number
  readonly rounds: number
  /** Ends every wait when somebody presses Ctrl-C. */
  readonly signal: AbortSignal
  readonly options: BenchOptions
  /** A whole Urna of the part's own: services, and as many processes as it asks for. */
  readonly openHouse: (its?: { readonly kafka?: boolean }) => Promise<BenchHouse>
  /** Settings that running servers were asked for, by name. */
  readonly noteSettings: (settings: Readonly<Record<string, string>>) => void
}

/** Null: the part's own. */
export interface BenchOptions {
  readonly rate: number | null
  readonly connections: number | null
  readonly gateways: number | null
  readonly workers: number | null
  /** Processes that make the load. */
  readonly generators: number
}

/** A check of honesty that failed: what was measured is worth nothing. */
export class Dishonest extends Error {
  override name = 'Dishonest'
}
