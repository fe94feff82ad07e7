/** Reads all that an export tells of a poll, as it was at one moment, in pieces. */
import pg from 'pg'
import { z } from 'zod'

// About 1 MB of ledger rows, or of votes.
const rowsPerFetch = 32
const votesPerFetch = 5_000

const pollShape = z.object({ poll_no: z.number(), rows: z.coerce.number(), votes: z.coerce.number() })
const ledgerShape = z.object({
  shard: z.number(),
  seq: z.coerce.number(),
  hash: z.instanceof(Buffer),
  content: z.instanceof(Buffer),
})
const voteShape = z.tuple([
  z.number().nullable(),
  z.coerce.number().nullable(),
  z.string(),
  z.number(),
  z.string(),
  z.number(),
  z.number(),
])
const tallyShape = z.object({
  shard: z.number(),
  seq: z.coerce.number(),
  hash: z.instanceof(Buffer),
  counts: z.array(z.coerce.number()),
})
const anchorShape = z.object({
  content: z.instanceof(Buffer).transform((bytes) => bytes.toString()),
  signature: z.instanceof(Buffer).transform((bytes) => bytes.toString('base64url')),
  keyId: z.string(),
})
const keyShape = z.object({ keyId: z.string(), publicKey: z.instanceof(Buffer) })

export type ExportedRow = z.infer<typeof ledgerShape>
/** shard, seq, batchId, position, voteId, boxNo, optionNo; the first two null where the ledger has no such batch. */
export type ExportedVote = z.infer<typeof voteShape>

export interface ExportSource {
  readonly rows: number
  readonly votes: number
  readonly ledger: () => AsyncGenerator<ExportedRow>
  /** The table of votes, in the order of the ledger. */
  readonly storedVotes: () => AsyncGenerator<ExportedVote>
  readonly tallies: () => Promise<readonly z.infer<typeof tallyShape>[]>
  readonly anchors: () => AsyncGenerator<z.infer<typeof anchorShape>>
  readonly keys: () => Promise<readonly z.infer<typeof keyShape>[]>
  readonly poll: () => Promise<unknown>
}

/** Runs `work` inside one read-only snapshot; null where there is no such poll. */
export async function withExportSource<T>(
  databaseUrl: string,
  pollId: string,
  work: (source: ExportSource) => Promise<T>,
): Promise<T | null> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    // A cursor is read to its end here: plan for that.
    await client.query('set local cursor_tuple_fraction = 1')
    const found = await client.query(
      `select poll_no, (select count(*) from ledger l where l.poll_no = p.poll_no) as rows,
         (select coalesce(sum(received), 0) from ledger l where l.poll_no = p.poll_no) as votes
       from polls p where poll_id = $1`,
      [pollId],
    )
    if (found.rows.length === 0) return null
    const { poll_no: pollNo, rows, votes } = pollShape.parse(found.rows[0])
    return await work({ rows, votes, ...readers(client, pollNo) })
  } finally {
    await client.end()
  }
}

function readers(client: pg.Client, pollNo: number): Omit<ExportSource, 'rows' | 'votes'> {
  const all = async <Shape extends z.ZodType>(shape: Shape, text: string) =>
    z.array(shape).parse((await client.query(text, [pollNo])).rows)

  async function* cursor<Shape extends z.ZodType>(
    name: string,
    shape: Shape,
    text: string,
    many: number,
    rowMode?: 'array',
  ): AsyncGenerator<z.output<Shape>> {
    await client.query(`declare ${name} no scroll cursor for ${text}`, [pollNo])
    for (;;) {
      const fetch = { text: `fetch ${many} from ${name}`, ...(rowMode && { rowMode }) }
      const { rows } = await client.query<unknown[]>(fetch as pg.QueryConfig)
      if (rows.length === 0) return
      for (const row of rows) yield shape.parse(row)
    }
  }

  return {
    ledger: () =>
      cursor(
        'ledger_rows',
        ledgerShape,
        'select shard, seq, hash, content from ledger where poll_no = $1 order by shard, seq',
        rowsPerFetch,
      ),
    storedVotes: () =>
      cursor(
        'stored_votes',
        voteShape,
        `select l.shard, l.seq, v.batch_id, v.position, v.vote_id, v.box_no, v.option_no
         from votes v left join ledger l using (poll_no, batch_id)
         where v.poll_no = $1 order by l.shard, l.seq, v.batch_id, v.position`,
        votesPerFetch,
        'array',
      ),
    tallies: () =>
      all(tallyShape, 'select shard, seq, hash, counts from shard_counts where poll_no = $1 order by shard'),
    anchors: () =>
      cursor(
        'poll_anchors',
        anchorShape,
        `select content, signature, key_id as "keyId" from anchors where poll_no = $1 order by anchor_no`,
        rowsPerFetch,
      ),
    keys: () =>
      all(
        keyShape,
        `select key_id as "keyId", public_key as "publicKey" from signing_keys
         where key_id in (select key_id from anchors where poll_no = $1) order by added_at`,
      ),
    async poll() {
      const [row] = (
        await client.query<{ poll: unknown }>('select poll from public_polls where poll_no = $1', [pollNo])
      ).rows
      return row?.poll
    },
  }
}
