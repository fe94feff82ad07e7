/** `npm run export -- --poll ID`: writes a poll's votes, ledger, tallies and anchors as files that anyone can check. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pollIdShape } from '../contracts/ids.ts'
import { exportPoll } from '../queue-workers/ledger/export-poll.ts'
import { withExportSource } from '../queue-workers/ledger/export-source.pg.ts'
import { hostOf, mustAnswer } from './must-answer.ts'
import { readReadyFile } from './ready-file.ts'
import { tellVotes } from './tell-votes.ts'
import { lineFor, Trouble } from './trouble.ts'

const usage = 'npm run export -- --poll ID [--out FOLDER] [--data FOLDER]'

interface Asked {
  readonly pollId: string
  readonly folder: string
  readonly databaseUrl: string
}

/** Throws Trouble. */
function readAsked(args: string[], env: NodeJS.ProcessEnv, checkout: string): Asked {
  const values = readArgs(args)
  const pollId = pollIdShape.safeParse(values.poll)
  if (!pollId.success) throw new Trouble(`Which poll? Name its pollId. Use: ${usage}`)
  const dataDir = resolve(values.data ?? (env['DATA_DIR'] || join(checkout, '.urna')))
  const databaseUrl = env['DATABASE_URL'] || readReadyFile(dataDir)?.databaseUrl
  if (databaseUrl === undefined)
    throw new Trouble(`No Urna runs on ${dataDir}. Set DATABASE_URL to the address of its database.`)
  const folder = resolve(values.out ?? `export-${pollId.data}`)
  if (existsSync(folder)) throw new Trouble(`${folder} is there already: name another folder with --out.`)
  return { pollId: pollId.data, folder, databaseUrl }
}

function readArgs(args: string[]) {
  const options = { poll: { type: 'string' }, out: { type: 'string' }, data: { type: 'string' } } as const
  try {
    return parseArgs({ args, options }).values
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. Use: ${usage}`)
  }
}

async function run(asked: Asked): Promise<void> {
  const host = hostOf(asked.databaseUrl)
  if (host !== null) await mustAnswer('Postgres', [host])
  const progress = tellVotes('Written:', process.stderr)
  const manifest = await withExportSource(asked.databaseUrl, asked.pollId, (source) =>
    exportPoll({ source, folder: asked.folder, onProgress: progress.on }),
  )
  progress.end()
  if (manifest === null) throw new Trouble(`There is no poll ${asked.pollId}.`)
  const { poll, rows, votes, anchors } = manifest
  console.log(
    `${poll.question}\n${votes.toLocaleString('en')} votes in ${rows.toLocaleString('en')} batches and ${anchors} anchors are in ${asked.folder}`,
  )
  if (poll.state !== 'certified')
    console.log(
      `The poll is ${poll.state}: this is how it stood at ${manifest.madeAt}, and votes may follow.`,
    )
  if (poll.isRehearsal) console.log('It is a rehearsal: its votes enter no result.')
  console.log('Check it with anchors that came another way: npm run verify -- FOLDER --anchors FILE')
}

try {
  await run(readAsked(process.argv.slice(2), process.env, dirname(import.meta.dirname)))
} catch (fault) {
  console.error(lineFor(fault))
  process.exitCode = 1
}
