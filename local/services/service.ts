/** What the three services have in common: what each is given to start with, and how it gets its port. */
import type { Managed } from '../managed.ts'
import { askedPort, isFree, type PortBook } from '../ports.ts'

export interface ServiceSetup {
  readonly dataDir: string
  readonly logDir: string
  /** Where what is fetched once for all data folders is kept. */
  readonly cacheDir: string
  readonly ports: PortBook
  /** Only this port will do; without it a free one is found and remembered. */
  readonly askedPort: number | null
  /** Tells what is being done, for the line of progress. */
  readonly now: (doing: string) => void
  /** Tells one line that stays. */
  readonly say: (line: string) => void
  readonly signal: AbortSignal
}

export interface Service {
  readonly url: string
  readonly managed: Managed
}

interface PortChoice {
  /** The first one is the service's own, which can be asked for; the others are for itself. */
  readonly names: readonly [string, ...string[]]
  /** The setting that moves it, for the line about a taken port. */
  readonly setting: string
}

/** Starts a service; where another process took a free port between our look and its bind, it gets new ones. */
export async function startOnPorts(
  setup: ServiceSetup,
  { names, setting }: PortChoice,
  build: (...ports: number[]) => Managed,
): Promise<{ managed: Managed; port: number }> {
  const [own, ...others] = names
  for (let triesLeft = 3; ; triesLeft--) {
    const port =
      setup.askedPort === null
        ? await setup.ports.choose(own)
        : await askedPort(setup.askedPort, own, setting)
    const more: number[] = []
    for (const name of others) more.push(await setup.ports.choose(name))
    const managed = build(port, ...more)
    try {
      await managed.start(setup.signal)
    } catch (fault) {
      const arePortsFree = (await Promise.all([port, ...more].map(isFree))).every(Boolean)
      if (arePortsFree || triesLeft === 1 || setup.signal.aborted) throw fault
      continue
    }
    for (const [i, name] of names.entries()) setup.ports.keep(name, [port, ...more][i] ?? port)
    return { managed, port }
  }
}
