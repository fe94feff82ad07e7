/** A process full of screens as the bench sees it. */
import { startLoadChild } from './load-child.ts'
import type { FromViewers, ToViewers, ViewersSetup, ViewersTold } from './messages.ts'

export interface Viewers extends AsyncDisposable {
  readonly pids: readonly number[]
  /** From now on it is kept when which probe was seen. */
  readonly begin: () => Promise<void>
  readonly tell: (file: string) => Promise<ViewersTold>
}

/** Every screen has its first frame when this resolves. */
export async function startViewers(setup: ViewersSetup, signal: AbortSignal): Promise<Viewers> {
  const load = startLoadChild<ToViewers, FromViewers>('bench/load/viewers.ts', setup, signal)
  await load.next('connected')
  return {
    pids: [load.pid],
    async begin() {
      load.say({ do: 'begin' })
      await load.next('begun')
    },
    async tell(file) {
      load.say({ do: 'tell', file })
      return (await load.next('told')).told
    },
    [Symbol.asyncDispose]: () => load[Symbol.asyncDispose](),
  }
}
