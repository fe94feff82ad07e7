/** Chooses the port a process will listen on: the one asked for, else the one it had last time, else a free one. */
import { randomInt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { holderInWords } from './port-holder.ts'
import { Trouble } from './trouble.ts'

// Below the range from which the kernel lends ports to clients (32768-60999): a client cannot take it from us meanwhile.
const lowest = 20_000
const highest = 32_000

export async function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const server = createServer()
  server.once('error', () => resolve(false))
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  return promise
}

export async function findFreePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = randomInt(lowest, highest)
    if (await isFree(port)) return port
  }
  throw new Trouble(`No free port was found between ${lowest} and ${highest}: stop what holds them.`)
}

/** A port that was asked for is taken as it is, or refused with the name of its holder and of the setting to change. */
export async function askedPort(port: number, who: string, setting: string): Promise<number> {
  if (await isFree(port)) return port
  const holder = holderInWords(port)
  throw new Trouble(`Port ${port} for ${who} is taken ${holder}: stop it, or choose another with ${setting}.`)
}

export interface PortBook {
  /** The one it had, else the preferred one, where that is free. */
  choose(name: string, preferred?: number): Promise<number>
  keep(name: string, port: number): void
}

/** Remembers the ports of a data folder: Kafka and everyone's bookmarks then find things where they were. */
export function openPortBook(dataDir: string): PortBook {
  const file = join(dataDir, 'ports.json')
  const ports = new Map<string, number>(readPorts(file))
  return {
    async choose(name, preferred) {
      const last = ports.get(name) ?? preferred
      return last !== undefined && (await isFree(last)) ? last : findFreePort()
    },
    keep(name, port) {
      ports.set(name, port)
      writeFileSync(file, `${JSON.stringify(Object.fromEntries(ports), null, 2)}\n`)
    },
  }
}

function readPorts(file: string): [string, number][] {
  try {
    const found: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof found !== 'object' || found === null) return []
    return Object.entries(found).filter((entry): entry is [string, number] => Number.isInteger(entry[1]))
  } catch {
    return [] // a lost or damaged book costs us nothing but new ports
  }
}
