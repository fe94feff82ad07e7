/** The law of the lost batch: the rows that are left say how many votes there were before them. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { batchQueue } from '../../contracts/batch.ts'
import { makeTempFolder, removeTempFolder } from '../../local/temp-folder.ts'
import { untilCounted } from '../counts.ts'
import { startHouse, until, voterAt } from '../house.ts'
import { runCommand } from '../run-command.ts'

it('VE18 shows a batch that is in no row to whoever has the export alone, by the number of its votes', async () => {
  await using house = await startHouse()
  await using stack = new AsyncDisposableStack()
  const dir = makeTempFolder('urna-lost-')
  stack.defer(() => removeTempFolder(dir))
  const door = await house.gateway()
  const { pollId } = await house.openPoll(door)
  const cast = async () => {
    const answer = await voterAt(door).cast({ pollId, optionId: 'samba', voteId: uuidv7() })
    if (!answer.accepted) throw new Error(answer.reason)
    return answer.receipt.batchId
  }
  // One after another: each is a batch of its own.
  const [, gone, last] = [await cast(), await cast(), await cast()]
  expect(gone).not.toBe(last)
  const queueKey = `${batchQueue.prefix}:${batchQueue.name}`
  expect(await house.redis.lrem(`${queueKey}:wait`, 1, gone)).toBe(1)
  await house.redis.del(`${queueKey}:${gone}`)
  await house.workers({ roles: ['persist', 'certify'], env: { ANCHOR_EVERY_MS: '200' } })
  await untilCounted(house, pollId, 2)
  await until('anchored', async () => {
    const [row] = await house.rows<{ rows: number }>(
      `select sum((its ->> 'seq')::int)::int as rows from (
         select convert_from(content, 'UTF8')::json -> 'shards' as shards from anchors
         order by anchor_no desc limit 1) as last, json_array_elements(shards) as its`,
    )
    return row?.rows === 2
  })
  const env = { DATABASE_URL: house.services.databaseUrl }
  const folder = join(dir, 'export')
  expect(await runCommand('export', ['--poll', pollId, '--out', folder], env)).toMatchObject({ code: 0 })
  const checked = await runCommand('verify', [folder, '--anchors', join(folder, 'anchors.jsonl')])
  expect(checked.out).toContain('1 vote that a gateway accepted before others is in no batch')
  expect(checked.out).not.toContain('All of it')
  expect(checked.code).toBe(3)
})
