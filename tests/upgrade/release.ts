/** What a release left behind in its folder here: the files, and how they are read. */
import { hash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { castVoteShape, voteAnswerShape, voteStatusShape } from '../../contracts/vote.ts'
import { readMigrations } from '../../sql/migrate.pg.ts'

/**
 * about: what made it, and with which secrets. postgres, redis: all that lay there. kafka: all that was told. voters: who
 * voted what and what they heard. shapes: the forms of what is versioned. schema: of GraphQL. export: of the certified
 * poll, a folder.
 */
export const releaseFiles = {
  about: 'about.json',
  postgres: 'postgres.jsonl',
  redis: 'redis.jsonl',
  kafka: 'kafka.jsonl',
  voters: 'voters.jsonl',
  shapes: 'shapes.json',
  schema: 'schema.graphql',
  export: 'export',
} as const

const migrationsShape = z.array(z.object({ name: z.string(), sha256: z.string() }))

export const aboutShape = z.object({
  version: z.string(),
  madeAt: z.iso.datetime(),
  /** Of the main database, in the order in which they are applied; and of the read model's. */
  migrations: migrationsShape,
  modelMigrations: migrationsShape,
  secrets: z.object({
    SESSION_SECRET: z.string(),
    VOTER_SECRET: z.string(),
    ADMIN_TOKEN: z.string(),
    SIGNING_KEY: z.string(),
  }),
  polls: z.object({ certified: z.string(), open: z.string(), closed: z.string(), scheduled: z.string() }),
})
export type About = z.infer<typeof aboutShape>

/** stored: whether it was in the ledger; what was not waits as a job. receipt: as the text that its voter keeps. */
export const knownVoteShape = z.object({
  token: z.string(),
  vote: castVoteShape.required(),
  answer: voteAnswerShape.options[0],
  receipt: z.string(),
  stored: z.boolean(),
  status: voteStatusShape.optional(),
})
export type KnownVote = z.infer<typeof knownVoteShape>

export const toldShape = z.object({ topic: z.string(), key: z.string(), value: z.string() })
export type Told = z.infer<typeof toldShape>

/** The migrations of this version, as `about` names them. */
export async function hashedMigrations(folder: URL): Promise<About['migrations']> {
  const all = await readMigrations(folder)
  return all.map(({ name, sql }) => ({ name, sha256: hash('sha256', sql) }))
}
export const migrationFolders = {
  migrations: new URL('../../sql/', import.meta.url),
  modelMigrations: new URL('../../sql/read-model/', import.meta.url),
} as const

/** The folders of all releases, oldest first. */
export const releases: readonly string[] = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && /^\d+\.\d+\.\d+$/.test(entry.name))
  .map(({ name }) => name)
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))

export function openRelease(version: string) {
  const folder = join(import.meta.dirname, version)
  const text = (name: string) => readFileSync(join(folder, name), 'utf8')
  const lines = (name: string) => text(name).split('\n').slice(0, -1)
  return {
    folder,
    about: aboutShape.parse(JSON.parse(text(releaseFiles.about))),
    rows: lines(releaseFiles.postgres),
    keys: lines(releaseFiles.redis),
    told: lines(releaseFiles.kafka).map((line) => toldShape.parse(JSON.parse(line))),
    voters: lines(releaseFiles.voters).map((line) => knownVoteShape.parse(JSON.parse(line))),
    shapes: z.record(z.string(), z.json()).parse(JSON.parse(text(releaseFiles.shapes))),
    schema: text(releaseFiles.schema),
    exported: join(folder, releaseFiles.export),
  }
}
export type Release = ReturnType<typeof openRelease>
