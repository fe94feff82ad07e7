/** Lays older votes into a poll, as rows of `votes`: what a long evening has left behind. */
import type { Client } from 'pg'

const rowsAtATime = 500_000

/**
 * Every column gets a value of its type, whatever the table looks like by now. The keys are as random as a voter key,
 * but made in their own order: the index is then filled page by page, in a minute in place of ten.
 */
export async function fillVotes(
  db: Client,
  its: { readonly pollId: string; readonly options: number; readonly rows: number },
  onProgress: (rows: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { rows: found } = await db.query<{ poll_no: number }>(
    'select poll_no from polls where poll_id = $1',
    [its.pollId],
  )
  const pollNo = found[0]?.poll_no
  if (pollNo === undefined) throw new Error(`there is no poll ${its.pollId}`)
  const columns = await columnsOfVotes(db)
  const names = columns.map(({ name }) => name).join(', ')
  const values = columns.map((column) => valueOf(column, pollNo, its)).join(', ')
  for (let from = 0; from < its.rows; from += rowsAtATime) {
    signal.throwIfAborted()
    const to = Math.min(from + rowsAtATime, its.rows) - 1
    await db.query(`insert into votes (${names}) select ${values} from generate_series(${from}, ${to}) as i`)
    onProgress(to + 1)
  }
  // On a real evening these rows were vacuumed long ago; what was written is not the next run's debt.
  await db.query('vacuum (analyze) votes')
  await db.query('checkpoint')
}

interface Column {
  readonly name: string
  readonly type: string
}

async function columnsOfVotes(db: Client): Promise<Column[]> {
  const { rows } = await db.query<Column>(`
    select attname as name, format_type(atttypid, null) as type from pg_attribute
    where attrelid = 'votes'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
    order by attnum`)
  return rows
}

function valueOf(
  { name, type }: Column,
  pollNo: number,
  { options, rows }: { options: number; rows: number },
): string {
  switch (name) {
    case 'poll_no':
      return String(pollNo)
    case 'box_no':
      return '0'
    case 'option_no':
      return `i % ${options}`
    case 'position':
      return 'i % 500'
    case 'dedup_key': {
      const first = `lpad(to_hex((i::numeric * 4294967296 / ${rows})::bigint), 8, '0')`
      const text = `(${first} || substr(replace(gen_random_uuid()::text, '-', ''), 9))`
      return type === 'bytea' ? `decode(${text}, 'hex')` : `${text}::uuid`
    }
    default:
      return anyOf(name, type)
  }
}

function anyOf(name: string, type: string): string {
  switch (type) {
    case 'uuid':
      return 'gen_random_uuid()'
    case 'bytea':
      return 'uuid_send(gen_random_uuid())'
    case 'timestamp with time zone':
      return `now() - interval '1 hour' + i * interval '1 microsecond'`
    case 'smallint':
    case 'integer':
    case 'bigint':
      return '0'
    default:
      throw new Error(`no value is known for column ${name} of type ${type}: add one here`)
  }
}
