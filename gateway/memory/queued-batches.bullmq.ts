/** Reads the batches that wait in a lane's queue. */
import { Queue } from 'bullmq'
import { batchQueue, batchShape, entriesOf, pollParts, queuePrefix, sizeOf } from '../../contracts/batch.ts'
import type { Lane } from '../lanes.ts'
import type { StoredVote } from './votes-to-restore.slonik.ts'

type LaneQueue = Pick<Lane, 'no' | 'redis'>

/** The id and size of each batch that is not yet done; a job that is no batch counts as empty. */
export async function queuedBatches(lane: LaneQueue): Promise<{ batchId: string; size: number }[]> {
  return (await queuedJobs(lane)).flatMap(({ id, data }) => {
    const batch = batchShape.safeParse(data)
    return id === undefined ? [] : [{ batchId: id, size: batch.success ? sizeOf(batch.data) : 0 }]
  })
}

/** The votes of one poll that wait, as Postgres will have them. */
export async function queuedVotes(lane: LaneQueue, pollNo: number): Promise<StoredVote[]> {
  return (await queuedJobs(lane)).flatMap(({ id, data }) => {
    const read = batchShape.safeParse(data)
    if (id === undefined || !read.success) return []
    const part = pollParts(read.data).find((its) => its.pollNo === pollNo)
    if (part === undefined) return []
    return entriesOf(part).map(({ boxNo, optionNo, voterKey, voteId }, position) => ({
      ...{ box_no: boxNo, option_no: optionNo, position, batch_id: id, accepted_at: read.data.at },
      ...{ vote_id: voteId, voter_key: voterKey, dedup_key: voteId },
    }))
  })
}

async function queuedJobs({ no, redis }: LaneQueue): Promise<{ id?: string | undefined; data: unknown }[]> {
  const queue = new Queue<unknown>(batchQueue.name, { connection: redis, prefix: queuePrefix(no) })
  queue.on('error', () => undefined)
  try {
    return await queue.getJobs(['wait', 'active', 'delayed', 'prioritized', 'failed'])
  } finally {
    await queue.close()
  }
}
