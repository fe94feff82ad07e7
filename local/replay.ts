/** `npm run replay`: rebuilds the read model from the start, or its state at a moment beside it. */
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { rebuildAll, rebuildAt, type RebuildParts } from '../queue-workers/read-model/rebuild.ts'
import { settings } from '../runtime/env.ts'
import { makeLog } from '../runtime/log.ts'
import { hostOf, mustAnswer } from './must-answer.ts'
import { readReadyFile } from './ready-file.ts'
import { Trouble, lineFor } from './trouble.ts'

const usage = `npm run replay -- --from-start | --at TIME [--data FOLDER]

  --from-start  builds it anew beside the one that is shown, from Kafka and, past its retention, from the ledger;
                then both change places in one transaction
  --at TIME     builds its state at that instant (ISO 8601, such as 2026-11-21T20:15:00Z) and keeps it beside:
                ask the read model with ?at=TIME

Where things are: TALLIES_DATABASE_URL, KAFKA_BROKERS, DATABASE_URL (the ledger), or what runs on the data folder.`

const tellEveryMs = 1_000
const instantShape = z.iso.datetime({ offset: true })

interface Asked {
  /** Null: from the start. */
  readonly at: Date | null
  readonly folder: string | undefined
}

function parse(args: string[]): Asked | null {
  const options = {
    'from-start': { type: 'boolean' },
    at: { type: 'string' },
    data: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const
  let values: ReturnType<typeof parseArgs<{ options: typeof options }>>['values']
  try {
    values = parseArgs({ args, options }).values
  } catch (fault) {
    throw new Trouble(
      `${fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)}. Use: ${usage}`,
    )
  }
  if (values.help === true) return null
  if ((values['from-start'] === true) === (values.at !== undefined)) throw new Trouble(`Which one? ${usage}`)
  if (values.at === undefined) return { at: null, folder: values.data }
  const at = instantShape.safeParse(values.at)
  if (!at.success) throw new Trouble('TIME must be an instant with its zone, such as 2026-11-21T20:15:00Z.')
  if (Date.parse(at.data) > Date.now())
    throw new Trouble('TIME lies in the future: nothing was told of it yet.')
  return { at: new Date(at.data), folder: values.data }
}

/** What the environment sets goes before what runs here. */
function findParts(folder: string | undefined): Omit<RebuildParts, 'onProgress' | 'log'> {
  const { env } = process
  const dataDir = resolve(folder ?? (env['DATA_DIR'] || join(dirname(import.meta.dirname), '.urna')))
  const ready = readReadyFile(dataDir)
  const talliesDatabaseUrl = env['TALLIES_DATABASE_URL'] || ready?.talliesDatabaseUrl
  const kafkaBrokers = env['KAFKA_BROKERS'] || ready?.kafkaBrokers
  const databaseUrl = env['DATABASE_URL'] || ready?.databaseUrl
  if (!talliesDatabaseUrl || !kafkaBrokers) {
    throw new Trouble(
      `Set TALLIES_DATABASE_URL and KAFKA_BROKERS, or name a folder on which Urna runs (--data): none does on ${dataDir}.`,
    )
  }
  const brokers = kafkaBrokers.split(',')
  const asked = settings.replicas.safeParse(env['KAFKA_REPLICAS'] || undefined)
  if (!asked.success) throw new Trouble('KAFKA_REPLICAS must be a whole number from 1 to 15.')
  const replicas = asked.data ?? null
  return { talliesDatabaseUrl, brokers, replicas, databaseUrl: databaseUrl || null }
}

/** Tells once a second how far it has come, and the last of it. */
function makeTell(): RebuildParts['onProgress'] {
  let toldAt = 0
  return (done, of, what) => {
    if (done < of && Date.now() - toldAt < tellEveryMs) return
    toldAt = Date.now()
    const share = of > done ? ` of ${of.toLocaleString('en')} (${Math.floor((100 * done) / of)} %)` : ''
    console.log(`replay: ${done.toLocaleString('en')}${share} ${what}`)
  }
}

try {
  const asked = parse(process.argv.slice(2))
  if (asked === null) console.log(usage)
  else {
    const log = makeLog('replay', process.env['LOG_LEVEL'] || 'warn')
    const parts = { ...findParts(asked.folder), onProgress: makeTell(), log }
    for (const url of [parts.talliesDatabaseUrl, parts.databaseUrl]) {
      const host = url === null ? null : hostOf(url)
      if (host !== null) await mustAnswer('Postgres', [host])
    }
    await mustAnswer('Kafka', parts.brokers)
    if (asked.at === null) {
      await rebuildAll(parts)
      console.log('replay: done; what was rebuilt is shown now')
    } else {
      const schema = await rebuildAt(parts, asked.at)
      console.log(`replay: done; ask the read model with ?at=${asked.at.toISOString()} (schema ${schema})`)
    }
  }
} catch (fault) {
  console.error(lineFor(fault))
  process.exitCode = 1
}
