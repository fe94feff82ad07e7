/** SG: a gathered group is tried until it is stored and told, and no batch pays for what is another's fault. */
import { pino } from 'pino'
import { beforeEach, expect, test } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { madeBatch } from '../../tests/made-batch.ts'
import { NoShardFree } from './keep-lease.ts'
import type { Persisted } from './persist-batches.slonik.ts'
import type { ReceivedBatch } from './received-batch.ts'
import { makeSettleGroup } from './settle-group.ts'
import { LeaseLost, type Lease } from './shard-lease.slonik.ts'

const persisted: Persisted = { counted: [], countedBefore: [], received: null, votes: 1, rejected: 0 }
const batchOf = (): ReceivedBatch => ({
  batchId: uuidv7(),
  batch: madeBatch({ run: uuidv7(), seq: 1, accepted: 1, at: 1_700_000_000_000 }, []),
})
const away = new Error('away')

let stopping: AbortController
let lost: Lease[]
let sentBack: number
let stored: number
let leases: number
beforeEach(() => {
  stopping = new AbortController()
  lost = []
  sentBack = stored = leases = 0
})

/** What it stands on fails as these say, and the rest goes well. */
function settle(its: {
  persist?: (batches: readonly ReceivedBatch[]) => void
  held?: () => void
  tell?: () => void
}) {
  return makeSettleGroup({
    lease: {
      held: async () => {
        its.held?.()
        return { shard: 1, epoch: ++leases }
      },
      lost: (lease) => void lost.push(lease),
    },
    persist: async (batches) => {
      its.persist?.(batches)
      return persisted
    },
    isPassing: (error) => error === away || error instanceof LeaseLost,
    tell: async () => its.tell?.(),
    signal: stopping.signal,
    log: pino({ level: 'silent' }),
    onPersisted: (_persisted, batches) => void (stored += batches),
    onSentBack: (batches) => void (sentBack += batches),
  })
}

/** Throws each of these once, one at a time. */
const throwing = (...faults: Error[]) => {
  const left = [...faults]
  return () => {
    const fault = left.shift()
    if (fault !== undefined) throw fault
  }
}

test('SG1 a dependency that is away is tried again, and the batches hear only that they are stored', async () => {
  const heard = await settle({ persist: throwing(away, away), tell: throwing(away) })([batchOf(), batchOf()])
  expect(heard).toEqual([{ stored: true }, { stored: true }])
  expect([stored, sentBack, lost]).toEqual([2, 0, []])
})

test('SG2 a lease that another took is given up, and the next try is under a new one', async () => {
  const heard = await settle({ persist: throwing(new LeaseLost({ shard: 1, epoch: 1 })) })([batchOf()])
  expect(heard).toEqual([{ stored: true }])
  expect([lost, leases]).toEqual([[{ shard: 1, epoch: 1 }], 2])
})

test('SG3 of a group with a batch that cannot be stored now the others are stored, and it goes back', async () => {
  const group = [batchOf(), batchOf(), batchOf()]
  const bad = group[1]
  const bug = new Error('a bug')
  const heard = await settle({
    persist: (batches) => {
      if (batches.some((batch) => batch === bad)) throw bug
    },
  })(group)
  expect(heard).toEqual([{ stored: true }, { stored: false, fault: bug }, { stored: true }])
  expect([stored, sentBack]).toEqual([2, 1])
})

test('SG4 without a free shard the whole group goes back, and no batch is tried alone', async () => {
  let tries = 0
  const none = new NoShardFree()
  const heard = await settle({
    held: () => {
      tries++
      throw none
    },
  })([batchOf(), batchOf()])
  expect(heard).toEqual([
    { stored: false, fault: none },
    { stored: false, fault: none },
  ])
  expect([tries, sentBack]).toEqual([1, 2])
})

test('SG5 at the end nothing is tried twice: what is not stored goes back, what is stored was stored', async () => {
  stopping.abort()
  expect(await settle({ persist: throwing(away) })([batchOf()])).toEqual([{ stored: false, fault: away }])
  expect(await settle({ tell: throwing(away, away, away) })([batchOf()])).toEqual([{ stored: true }])
  expect([stored, sentBack]).toEqual([1, 1])
})
