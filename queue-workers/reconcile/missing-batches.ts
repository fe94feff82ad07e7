/** Follows which numbered batches of each run the ledger lacks: they wait in the queue, or they are lost. */
import type { AcceptedBatch, NumberedBatch } from './batches-in-ledger.slonik.ts'
import type { QueuedBatch } from './queued-votes.redis.ts'
import type { MirroredRun } from './read-mirror.slonik.ts'

export interface LostBatches {
  readonly batches: number
  /** By the cumulative counts of the batches around them. */
  readonly votes: number
  /** Of these votes, those in batches above the mirror's last seq: it does not count them as accepted. */
  readonly unmirrored: number
}

export interface Missing {
  /** By run, those with a loss. */
  readonly lost: ReadonlyMap<string, LostBatches>
  /** By run and pollNo: votes in batches that the mirror knows, the queue holds and the ledger lacks. */
  readonly waiting: ReadonlyMap<string, ReadonlyMap<number, number>>
}

interface Reads {
  readonly missingSeqs: (run: string, from: number, to: number) => Promise<readonly NumberedBatch[]>
  readonly standing: (
    batches: readonly NumberedBatch[],
  ) => Promise<readonly { run: string; seq: number; pollNo: number }[]>
  readonly acceptedWith: (batches: readonly NumberedBatch[]) => Promise<readonly AcceptedBatch[]>
}

// A look is at some polls and their runs: even those that are over are looked at more often.
const keptForMs = 600_000

/**
 * The order of reading makes it exact while votes come in: the mirror, then the queue, then the ledger. A batch that the
 * mirror counts was put into the queue before; it leaves the queue only once its rows are committed. So one that is
 * neither in the queue as read later, nor in the ledger as read after that, is nowhere: it is lost. The same holds for
 * a batch below one whose row stood when the mirror was read: it had its number before.
 */
export function followMissingBatches() {
  // Of each run how far the ledger was searched for gaps, the gaps up to there, and when that was.
  const searched = new Map<string, { upTo: number; gaps: readonly number[]; at: number }>()

  return async (
    reads: Reads,
    mirror: ReadonlyMap<string, MirroredRun>,
    queue: readonly QueuedBatch[],
  ): Promise<Missing> => {
    const known = queue.filter(({ run, seq }) => seq <= (mirror.get(run)?.storedSeq ?? 0))
    const gapsBefore = [...mirror.keys()].flatMap((run) =>
      (searched.get(run)?.gaps ?? []).map((seq) => ({ run, seq })),
    )
    const rows = await reads.standing([...gapsBefore, ...known.map(({ run, seq }) => ({ run, seq }))])
    const stands = new Set(
      rows.flatMap(({ run, seq, pollNo }) => [`${run} ${seq}`, `${run} ${seq} ${pollNo}`]),
    )

    const waiting = new Map<string, Map<number, number>>()
    for (const { run, seq, polls } of known) {
      if (seq > (mirror.get(run)?.lastSeq ?? 0)) continue
      const ofRun = waiting.get(run) ?? new Map<number, number>()
      waiting.set(run, ofRun)
      for (const { pollNo, votes } of polls) {
        if (!stands.has(`${run} ${seq} ${pollNo}`)) ofRun.set(pollNo, (ofRun.get(pollNo) ?? 0) + votes)
      }
    }

    const inQueue = new Map(known.map((batch) => [`${batch.run} ${batch.seq}`, batch]))
    const lost = new Map<string, LostBatches>()
    const now = performance.now()
    for (const its of mirror.values()) {
      const { run, lastSeq, storedSeq } = its
      const { upTo, gaps } = searched.get(run) ?? { upTo: 0, gaps: [] }
      const fresh = await reads.missingSeqs(run, upTo + 1, storedSeq)
      const still = [...gaps.filter((seq) => !stands.has(`${run} ${seq}`)), ...fresh.map(({ seq }) => seq)]
      searched.set(run, { upTo: Math.max(upTo, storedSeq), gaps: still, at: now })
      const gone = still.filter((seq) => seq <= storedSeq && !inQueue.has(`${run} ${seq}`))
      if (gone.length === 0) continue
      const mirrored = gone.filter((seq) => seq <= lastSeq)
      const votes = await votesIn(gone, { run, seq: storedSeq, accepted: its.storedAccepted }, inQueue, reads)
      const ofMirrored =
        mirrored.length === gone.length
          ? votes
          : await votesIn(mirrored, { run, seq: lastSeq, accepted: its.accepted }, inQueue, reads)
      lost.set(run, { batches: gone.length, votes, unmirrored: votes - ofMirrored })
    }
    for (const [run, { at }] of searched) if (now - at > keptForMs) searched.delete(run)
    return { lost, waiting }
  }
}

/**
 * Of each stretch of lost batches: what the run had accepted behind it, less what it had before it. `last`: its highest
 * number that is looked at, and what it had accepted with it.
 */
async function votesIn(
  gone: readonly number[],
  last: { readonly run: string; readonly seq: number; readonly accepted: number },
  inQueue: ReadonlyMap<string, QueuedBatch>,
  reads: Pick<Reads, 'acceptedWith'>,
): Promise<number> {
  const { run } = last
  const stretches: { first: number; last: number }[] = []
  for (const seq of [...gone].sort((a, b) => a - b)) {
    const open = stretches.at(-1)
    if (open?.last === seq - 1) open.last = seq
    else stretches.push({ first: seq, last: seq })
  }
  const around = new Set(stretches.flatMap(({ first, last }) => [first - 1, last + 1]))
  const asked = [...around].filter((seq) => seq > 0 && seq <= last.seq && !inQueue.has(`${run} ${seq}`))
  const stored = new Map(
    (await reads.acceptedWith(asked.map((seq) => ({ run, seq })))).map((row) => [row.seq, row]),
  )
  const upTo = (seq: number) =>
    seq === 0 ? 0 : (inQueue.get(`${run} ${seq}`)?.accepted ?? stored.get(seq)?.accepted ?? 0)
  const before = (seq: number) => {
    if (seq > last.seq) return last.accepted
    const waits = inQueue.get(`${run} ${seq}`)
    if (waits !== undefined) return waits.accepted - waits.size
    const stands = stored.get(seq)
    return stands === undefined ? last.accepted : stands.accepted - stands.received
  }
  return stretches.reduce((sum, { first, last }) => sum + before(last + 1) - upTo(first - 1), 0)
}
