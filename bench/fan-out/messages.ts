/** What the bench and a process of viewers say to each other. */

export interface ViewersSetup {
  readonly port: number
  /** Where they come from. */
  readonly address: string
  readonly pollIds: readonly string[]
}

export type ToViewers =
  /** Opens so many more at this pace, over the polls in turn. */
  | { readonly do: 'open'; readonly count: number; readonly perSecond: number }
  /** Cuts the oldest without a word. */
  | { readonly do: 'cut'; readonly count: number }
  /** Counts from here. */
  | { readonly do: 'count' }
  /** Waits until every viewer has seen this version. */
  | { readonly do: 'tell'; readonly version: number }

export type FromViewers =
  | { readonly is: 'ready' }
  /** Each of them has its first event. */
  | { readonly is: 'opened'; readonly tookMs: number }
  | { readonly is: 'cut' }
  | { readonly is: 'counting' }
  | { readonly is: 'told'; readonly told: Told }

export interface Told {
  readonly deliveries: number
  /** delays[ms]: how many events were read so long after the `asOf` that they carry; the last: or longer. */
  readonly delays: readonly number[]
  /** Viewers that have not seen the version, connections that were lost, events older than the one before. */
  readonly late: number
  readonly lost: number
  readonly wentBack: number
  /** CPU of the busiest process while it counted, in cores. */
  readonly ofACore: number
}
