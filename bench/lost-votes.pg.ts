/** Compares what voters were told with the rows of `votes`, voteId by voteId. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import pg from 'pg'
import { stringify } from 'uuid'

const rowsAtATime = 50_000

export interface Compared {
  /** Accepted, and not stored. */
  readonly lost: number
  /** Stored, though nobody was told so. */
  readonly extra: number
  readonly stored: number
}

/** `files`: 16 bytes for each accepted vote, as the load processes wrote them; several processes add `.0`, `.1`. */
export async function compareVotes(
  databaseUrl: string,
  pollId: string,
  files: readonly string[],
): Promise<Compared> {
  const told = readIds(files)
  const accepted = told.size
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  let stored = 0
  let extra = 0
  try {
    await client.query('begin read only')
    await client.query({
      text: `declare stored cursor for select v.vote_id::text as id from votes v join polls p using (poll_no)
        where p.poll_id = '${pollId}'`,
    })
    for (;;) {
      const { rows } = await client.query<{ id: string }>(`fetch ${rowsAtATime} from stored`)
      if (rows.length === 0) break
      stored += rows.length
      for (const { id } of rows) if (!told.delete(id)) extra++
    }
  } finally {
    await client.end()
  }
  if (stored - extra + told.size !== accepted) throw new Error('the comparison does not add up')
  return { lost: told.size, extra, stored }
}

function readIds(files: readonly string[]): Set<string> {
  const ids = new Set<string>()
  for (const file of files) {
    const parts = partsOf(file)
    if (parts.length === 0) throw new Error(`${file} was never written`)
    for (const part of parts) {
      const bytes = readFileSync(part)
      for (let at = 0; at < bytes.length; at += 16) ids.add(stringify(bytes.subarray(at, at + 16)))
    }
  }
  return ids
}

/** Several generators write a part each: `file.0`, `file.1` ... */
function partsOf(file: string): string[] {
  if (existsSync(file)) return [file]
  const folder = dirname(file)
  return readdirSync(folder).flatMap((name) =>
    name.startsWith(`${basename(file)}.`) ? [join(folder, name)] : [],
  )
}
