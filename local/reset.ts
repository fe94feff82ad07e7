/** `npm run reset`: deletes what `npm start` has kept, after asking. */
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { parseArgs } from 'node:util'
import { lockDataFolder } from './data-folder.ts'
import { folderSize } from './folder-size.ts'
import { Trouble, lineFor } from './trouble.ts'

const usage = 'npm run reset -- [--data FOLDER] [--yes]'

interface Wish {
  readonly dataDir: string
  /** Whether it was agreed to beforehand. */
  readonly yes: boolean
}

export interface Leftovers {
  /** The data folder, and Postgres' own place where it had to be elsewhere. */
  readonly folders: readonly string[]
  readonly bytes: number
}

/** Throws Trouble. */
export function readWish(args: string[], env: NodeJS.ProcessEnv, checkout: string): Wish {
  try {
    const options = { data: { type: 'string' }, yes: { type: 'boolean' } } as const
    const { values } = parseArgs({ args, options })
    return {
      dataDir: resolve(values.data ?? (env['DATA_DIR'] || join(checkout, '.urna'))),
      yes: values.yes ?? false,
    }
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. Use: ${usage}`)
  }
}

/** Null where there is nothing. Throws Trouble for a folder that holds no data of Urna: it may hold somebody's life. */
export function findLeftovers(dataDir: string): Leftovers | null {
  if (!existsSync(dataDir)) return null
  if (!['ports.json', 'secrets.json'].every((name) => existsSync(join(dataDir, name)))) {
    throw new Trouble(`${dataDir} holds no data of Urna: nothing is deleted.`)
  }
  const note = join(dataDir, 'postgres.place')
  const place = existsSync(note) ? readFileSync(note, 'utf8').trim() : ''
  const isOurs = /^\/var\/tmp\/urna-postgres-\w+$/.test(place) && existsSync(place)
  const folders = isOurs ? [dataDir, place] : [dataDir]
  return { folders, bytes: folders.reduce((sum, folder) => sum + folderSize(folder), 0) }
}

// All that a start makes in its data folder: whatever else lies there is somebody's.
const ours = [
  ...[
    'postgres',
    'tallies-postgres',
    'redis',
    'kafka',
    'kafka-1',
    'kafka-2',
    'kafka-3',
    'logs',
    'ui',
    'vite',
    'compiled',
  ],
  ...['ready.json', 'seeded', 'secrets.json', 'postgres.place', 'ports.json'],
]

/** Throws Trouble while an Urna runs on it. */
export function deleteLeftovers(dataDir: string, { folders }: Leftovers): void {
  // Held while we delete, so that no start comes in between; it goes with the folder.
  const lock = lockDataFolder(dataDir)
  try {
    // The data folder last: the note of the other place lies in it, for whoever is interrupted here.
    for (const folder of folders.slice(1)) rmSync(folder, { recursive: true, force: true })
    for (const name of ours) rmSync(join(dataDir, name), { recursive: true, force: true })
  } finally {
    lock[Symbol.dispose]()
  }
  if (readdirSync(dataDir).length === 0) rmdirSync(dataDir)
}

async function reset({ dataDir, yes }: Wish): Promise<string> {
  const leftovers = findLeftovers(dataDir)
  if (leftovers === null) return `There is nothing in ${dataDir}.`
  lockDataFolder(dataDir)[Symbol.dispose]() // whoever runs on it is named before anything is asked
  const size = `${Math.ceil(leftovers.bytes / 1024 ** 2)} MB`
  console.log(
    `This deletes every poll, every vote and every key of ${leftovers.folders.join(' and ')} (${size}).\nReceipts that voters hold can never be checked again.`,
  )
  if (!yes && !(await isAgreed())) return 'Nothing was deleted.'
  deleteLeftovers(dataDir, leftovers)
  return 'Deleted: the next npm start begins anew.'
}

async function isAgreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Trouble(`Nobody is there to be asked: ${usage}`)
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    return (await terminal.question('Delete it? Type yes: ')).trim().toLowerCase() === 'yes'
  } finally {
    terminal.close()
  }
}

if (import.meta.main) {
  try {
    console.log(await reset(readWish(process.argv.slice(2), process.env, dirname(import.meta.dirname))))
  } catch (fault) {
    console.error(lineFor(fault))
    process.exitCode = 1
  }
}
