/** Processes of viewers, as the bench sees them. */
import { startLoadChild } from '../load/load-child.ts'
import type { FromViewers, Told, ToViewers, ViewersSetup } from './messages.ts'

export interface Viewers extends AsyncDisposable {
  readonly size: () => number
  /** Opens more; resolves with the time that it took, in ms, until each has its first event. */
  readonly open: (count: number, perSecond: number) => Promise<number>
  /** Cuts the oldest without a word. */
  readonly cut: (count: number) => Promise<void>
  /** Counts from here. */
  readonly count: () => Promise<void>
  /** Waits until everybody has seen that version, and tells what was counted. */
  readonly told: (version: number) => Promise<Told>
}

/** All of 127.x.x.x is this machine; two benches at a time are not to meet. */
let addresses = 1 + (process.pid % 60_000)
const nextAddress = () => `127.${1 + (addresses >> 8)}.${addresses++ & 255}.1`

/** Each process comes from an address of its own. */
export async function startViewers(
  processes: number,
  setup: Omit<ViewersSetup, 'address'>,
  signal: AbortSignal,
): Promise<Viewers> {
  const all = Array.from({ length: processes }, () => {
    const own: ViewersSetup = { ...setup, address: nextAddress() }
    return startLoadChild<ToViewers, FromViewers>('bench/fan-out/viewers-process.ts', own, signal)
  })
  const ask = <Is extends FromViewers['is']>(is: Is, message: (place: number) => ToViewers) =>
    Promise.all(
      all.map((child, place) => {
        const answer = child.next(is)
        child.say(message(place))
        return answer
      }),
    )
  const shareOf = (count: number, place: number) => Math.floor((count + place) / processes)
  let size = 0
  await Promise.all(all.map((child) => child.next('ready')))
  return {
    size: () => size,
    async open(count, perSecond) {
      size += count
      const opened = await ask('opened', (place) => {
        return { do: 'open', count: shareOf(count, place), perSecond: perSecond / processes }
      })
      return Math.max(...opened.map(({ tookMs }) => tookMs))
    },
    async cut(count) {
      size -= count
      await ask('cut', (place) => ({ do: 'cut', count: shareOf(count, place) }))
    },
    count: async () => void (await ask('counting', () => ({ do: 'count' }))),
    async told(version) {
      const told = (await ask('told', () => ({ do: 'tell', version }))).map((answer) => answer.told)
      const sum = (of: (one: Told) => number) => told.reduce((total, one) => total + of(one), 0)
      return {
        deliveries: sum((one) => one.deliveries),
        delays: (told[0]?.delays ?? []).map((_, ms) => sum((one) => one.delays[ms] ?? 0)),
        late: sum((one) => one.late),
        lost: sum((one) => one.lost),
        wentBack: sum((one) => one.wentBack),
        ofACore: Math.max(...told.map((one) => one.ofACore)),
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(all.map((child) => child[Symbol.asyncDispose]()))
    },
  }
}
