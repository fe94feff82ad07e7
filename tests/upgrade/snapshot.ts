/** `npm run snapshot -- FOLDER`: keeps what this version makes, for the versions after it to be started on. */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { topics } from '../../contracts/events.ts'
import { readVersion } from '../../runtime/version.ts'
import { secrets, startHouse } from '../house.ts'
import { readAll } from '../read-topic.kafka.ts'
import { runCommand } from '../run-command.ts'
import { playRelease } from './play-release.ts'
import { hashedMigrations, migrationFolders, releaseFiles, type About } from './release.ts'
import { versionedShapes } from './shapes.ts'
import { readKeys, readRows } from './stores-as-text.ts'

const [asked, ...rest] = process.argv.slice(2)
if (asked === undefined || rest.length > 0 || existsSync(asked)) {
  console.error('snapshot: name one folder that is not there yet: npm run snapshot -- tests/upgrade/0.2.0')
  process.exit(1)
}
const folder = resolve(asked)

await using house = await startHouse({ kafka: true })
const { polls, votes } = await playRelease(house)
const { databaseUrl, kafkaBrokers } = house.services

const told = []
for (const { topic } of Object.values(topics))
  for (const message of await readAll(kafkaBrokers ?? '', topic)) told.push({ topic, ...message })
const about: About = {
  version: (await readVersion()).version,
  madeAt: new Date().toISOString(),
  migrations: await hashedMigrations(migrationFolders.migrations),
  modelMigrations: await hashedMigrations(migrationFolders.modelMigrations),
  secrets,
  polls,
}
const [rows, keys] = [await readRows(databaseUrl), await readKeys(house.redis)]

mkdirSync(folder, { recursive: true })
const exported = join(folder, releaseFiles.export)
const { code, out } = await runCommand('export', ['--poll', polls.certified, '--out', exported], {
  DATABASE_URL: databaseUrl,
})
if (code !== 0) throw new Error(out)
const put = (name: string, text: string) => writeFileSync(join(folder, name), text)
const lines = (all: readonly unknown[]) =>
  all.map((each) => `${typeof each === 'string' ? each : JSON.stringify(each)}\n`).join('')
put(releaseFiles.about, `${JSON.stringify(about, null, 2)}\n`)
put(releaseFiles.postgres, lines(rows))
put(releaseFiles.redis, lines(keys))
put(releaseFiles.kafka, lines(told))
put(releaseFiles.voters, lines(votes))
const shapes = Object.entries(versionedShapes()).map((each) =>
  each.map((its) => JSON.stringify(its)).join(': '),
)
put(releaseFiles.shapes, `{\n${shapes.join(',\n')}\n}\n`)
copyFileSync('contracts/schema.graphql', join(folder, releaseFiles.schema))
console.log(
  `${basename(folder)}: ${rows.length} rows, ${keys.length} keys, ${told.length} messages, ${votes.length} votes`,
)
