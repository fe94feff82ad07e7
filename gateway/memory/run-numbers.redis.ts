/** Reads what a lane on Redis knows of the runs that took its votes: how far each came, and what it accepted of polls. */
import { z } from 'zod'
import { execAll } from '../../runtime/exec-all.redis.ts'
import type { Lane } from '../lanes.ts'

const seqsShape = z.record(z.string(), z.coerce.number().int().positive())
const numbersShape = z.array(z.array(z.coerce.number().int().nonnegative()))

/** As of the run's batch `seq`. polls: pollNo -> votes accepted in all, of those asked for that have any. */
export interface RunNumbers {
  readonly run: string
  readonly seq: number
  readonly accepted: number
  readonly polls: ReadonlyMap<number, number>
}

/** Run -> its last seq: one field for each run since this memory began. */
export async function readLastSeqs({ redis, keys }: Lane): Promise<ReadonlyMap<string, number>> {
  return new Map(Object.entries(seqsShape.parse(await redis.hgetall(keys.batches))))
}

/** One transaction: all numbers of a run are of one moment, since the script writes them together. */
export async function readRunNumbers(
  { redis, keys }: Lane,
  runs: readonly string[],
  polls: readonly { readonly pollNo: number; readonly pollId: string }[],
): Promise<RunNumbers[]> {
  const asking = redis
    .multi()
    .hmget(keys.batches, ...runs)
    .hmget(keys.admitted, ...runs)
  for (const { pollId } of polls) asking.hmget(keys.acceptedOfPoll(pollId), ...runs)
  const [seqs, accepted, ...ofPolls] = numbersShape.parse(await execAll(asking))
  return runs.map((run, i) => ({
    ...{ run, seq: seqs?.[i] ?? 0, accepted: accepted?.[i] ?? 0 },
    polls: new Map(
      polls.map(({ pollNo }, p) => [pollNo, ofPolls[p]?.[i] ?? 0] as const).filter(([, votes]) => votes > 0),
    ),
  }))
}
