/** `npm run rebuild -- --poll ID`: gives Redis one poll back from Postgres, while votes go on. */
import { dirname, join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pollIdShape } from '../contracts/ids.ts'
import { makeLanes } from '../gateway/lanes.ts'
import { readHashTags } from '../gateway/memory/house-lanes.slonik.ts'
import { rebuildPoll } from '../gateway/memory/rebuild-poll.redis.ts'
import { connectRedis, redisAnswers } from '../runtime/connect.redis.ts'
import { connectPostgres, postgresAnswers } from '../runtime/connect.slonik.ts'
import { makeLog } from '../runtime/log.ts'
import { whyDatabaseIsUnfit } from '../sql/migrate.pg.ts'
import { readReadyFile } from './ready-file.ts'
import { Trouble, lineFor } from './trouble.ts'

const usage = 'npm run rebuild -- --poll ID [--data FOLDER]'
const answersWithinMs = 5_000
const tellEveryVotes = 100_000

/** Throws Trouble. `say` is told of each step. */
export async function rebuild(
  args: string[],
  env: NodeJS.ProcessEnv,
  checkout: string,
  say: (line: string) => void,
): Promise<void> {
  const { pollId, folder } = parse(args)
  const { databaseUrl, redisUrl } = addresses(
    env,
    resolve(folder ?? (env['DATA_DIR'] || join(checkout, '.urna'))),
  )
  await using open = new AsyncDisposableStack()
  const unfit = await whyDatabaseIsUnfit(databaseUrl).catch(
    () => `Postgres does not answer at ${shown(databaseUrl)}.`,
  )
  if (unfit !== null) throw new Trouble(unfit)
  const pool = await connectPostgres(databaseUrl, { most: 2, idleInTransactionMs: 10_000 })
  open.defer(() => pool.end())
  await postgresAnswers(pool)
  const lanes = makeLanes(await readHashTags(pool), (key) => {
    const redis = connectRedis(redisUrl, 'command', makeLog('rebuild', 'silent'), key)
    open.defer(() => redis.disconnect())
    return redis
  })
  await Promise.all(lanes.map(({ redis }) => redisAnswers(redis, answersWithinMs))).catch(() => {
    throw new Trouble(`Redis does not answer at ${shown(redisUrl)}.`)
  })

  say(`Reading the votes of poll ${pollId} from Postgres.`)
  let told = 0
  const onRead = (votes: number) => {
    if (votes < told + tellEveryVotes) return
    told = votes
    say(`  ${votes.toLocaleString('en')} votes read`)
  }
  const rebuilt = await rebuildPoll({ lanes, pool, databaseUrl, onRead }, pollId)
  switch (rebuilt.is) {
    case 'unknown-poll':
      throw new Trouble(`There is no poll ${pollId}.`)
    case 'other-memory':
      throw new Trouble(
        'Redis holds another memory than Postgres knows of: a gateway restores all of it. Start one, or wait for it.',
      )
    case 'rebuilt': {
      const { remembered, waiting, caughtUp, late, mendedShards, stoppedMs } = rebuilt
      say(`Its record and rules are written anew.`)
      say(
        `Its voters are known by ${remembered.toLocaleString('en')} stored votes and ${waiting.toLocaleString('en')} that wait.`,
      )
      if (caughtUp + late > 0)
        say(
          `${(caughtUp + late).toLocaleString('en')} were stored meanwhile; for the last ${late.toLocaleString('en')} votes were held back.`,
        )
      say(
        `Its tally was ${mendedShards === 0 ? 'as stored' : `put right in ${mendedShards} of its counters`}.`,
      )
      say(`Votes for it were held back for ${(stoppedMs / 1_000).toFixed(1)} s.`)
    }
  }
}

function addresses(env: NodeJS.ProcessEnv, dataDir: string): { databaseUrl: string; redisUrl: string } {
  const [databaseUrl, redisUrl] = [env['DATABASE_URL'] ?? '', env['REDIS_URL'] ?? '']
  if (databaseUrl !== '' && redisUrl !== '') return { databaseUrl, redisUrl }
  const ready = readReadyFile(dataDir)
  if (ready === null)
    throw new Trouble(
      `No Urna runs on ${dataDir}: npm start begins one, or name yours by DATABASE_URL and REDIS_URL.`,
    )
  return {
    databaseUrl: databaseUrl || ready.databaseUrl,
    redisUrl: redisUrl || ready.redisUrl,
  }
}

/** An address without its password. */
function shown(address: string): string {
  return address.replace(/^.*:\/\/(?:[^@/]*@)?/, '').replace(/[/?].*$/, '')
}

function parse(args: string[]): { readonly pollId: string; readonly folder: string | undefined } {
  const { poll, data } = readArgs(args)
  if (poll === undefined) throw new Trouble(`Which poll? ${usage}`)
  const pollId = pollIdShape.safeParse(poll)
  if (!pollId.success) throw new Trouble(`--poll wants a poll's id, a UUID: ${usage}`)
  return { pollId: pollId.data, folder: data }
}

function readArgs(args: string[]) {
  try {
    return parseArgs({ args, options: { poll: { type: 'string' }, data: { type: 'string' } } }).values
  } catch (fault) {
    const why = fault instanceof Error ? fault.message.split(/\.\s/)[0] : String(fault)
    throw new Trouble(`${why}. Use: ${usage}`)
  }
}

if (import.meta.main) {
  try {
    await rebuild(process.argv.slice(2), process.env, dirname(import.meta.dirname), (line) =>
      console.log(line),
    )
  } catch (fault) {
    console.error(lineFor(fault))
    process.exitCode = 1
  }
}
