/** Plays what a release is remembered by: polls in each state, votes that are stored, and votes that still wait. */
import { v7 as uuidv7 } from 'uuid'
import { memoryStorage } from '../../contracts/client-storage.ts'
import { makeUrnaClient } from '../../contracts/client.ts'
import { receiptText } from '../../contracts/receipt-text.ts'
import { sessionShape } from '../../contracts/vote.ts'
import { storedVotes } from '../counts.ts'
import { adminAt, until, type Door, type House } from '../house.ts'
import type { About, KnownVote } from './release.ts'

const often = { ANCHOR_EVERY_MS: '200' }
const optionIds = ['samba', 'forro', 'frevo'] as const

interface Played {
  readonly polls: About['polls']
  readonly votes: readonly KnownVote[]
}

/** Ends with nobody at work: what waits in the queue stays there. */
export async function playRelease(house: House): Promise<Played> {
  const door = await house.gateway()
  const workers = await house.workers({ env: often })
  const { admin } = adminAt(door).trpc
  const votes: KnownVote[] = []
  const cast = async (pollId: string, box: string, optionId: string, stored: boolean) => {
    votes.push(await castAt(door, { pollId, box, optionId, voteId: uuidv7() }, stored))
  }

  const certified = await admin.createPoll.mutate({
    question: 'Quem ganha a final?',
    description: 'Two boxes: one vote each, and as many as you like.',
    options: ['Samba', { text: 'Forró', optionId: 'forro', colour: '#c8102e' }, 'Frevo'],
    boxes: [
      { boxId: 'once', voters: 'device', limit: { votes: 1, perSeconds: null }, weight: 4_000 },
      { boxId: 'fans', voters: 'device', limit: null, weight: 6_000 },
    ],
    timeZone: 'America/Sao_Paulo',
  })
  await admin.openPoll.mutate({ pollId: certified.pollId })
  await Promise.all(
    optionIds.flatMap((id) => [
      cast(certified.pollId, 'once', id, true),
      cast(certified.pollId, 'fans', id, true),
    ]),
  )
  await cast(certified.pollId, 'fans', 'forro', true)

  const open = await house.openPoll(door, ['Samba', 'Forro', 'Frevo'])
  const closed = await admin.createPoll.mutate({
    ...{ question: 'Which song?', options: ['Samba', 'Forro'], visibility: 'after-close' },
  })
  await admin.openPoll.mutate({ pollId: closed.pollId })
  const scheduled = await admin.createPoll.mutate({
    ...{ question: 'And next year?', options: ['Yes', 'No'], opensAt: '2999-01-01T00:00:00Z' },
    visibility: 'embargo',
  })
  const deleted = await admin.createPoll.mutate({ question: 'Never asked', options: ['Yes', 'No'] })
  await admin.deletePoll.mutate({ pollId: deleted.pollId })
  for (const id of optionIds) await cast(open.pollId, 'audience', id, true)
  await cast(closed.pollId, 'audience', 'samba', true)

  for (const { pollId } of [certified, open, closed])
    await until('all are stored', async () => {
      const its = votes.filter(({ vote }) => vote.pollId === pollId)
      return (await storedVotes(house, pollId)).length === its.length
    })
  await admin.closePoll.mutate({ pollId: certified.pollId })
  await admin.certifyPoll.mutate({ pollId: certified.pollId })
  await untilProven(door, votes)
  await until('certified and told', async () => {
    const [left] = await house.rows<{ rows: number; certified: number }>(
      `select (select count(*)::int from ledger where emitted_at is null) +
          (select count(*)::int from poll_events where emitted_at is null) +
          (select count(*)::int from anchors where emitted_at is null) as rows,
        (select count(*)::int from certifications where certified_at is not null) as certified`,
    )
    return left?.rows === 0 && left.certified === 1
  })

  await workers.stop()
  await cast(open.pollId, 'audience', 'samba', false)
  await Promise.all(optionIds.map((id) => cast(open.pollId, 'audience', id, false)))
  await cast(closed.pollId, 'audience', 'forro', false)
  await admin.closePoll.mutate({ pollId: closed.pollId })
  // It mirrors how far its run came as it closes.
  await door.process.stop()
  const polls = {
    certified: certified.pollId,
    open: open.pollId,
    closed: closed.pollId,
    scheduled: scheduled.pollId,
  }
  return { polls, votes }
}

/** By a device of its own. */
async function castAt(door: Door, vote: KnownVote['vote'], stored: boolean): Promise<KnownVote> {
  const storage = memoryStorage()
  const answer = await makeUrnaClient({ trpcUrl: door.trpcUrl, storage }).cast(vote)
  if (!answer.accepted) throw new Error(`a vote was refused: ${answer.reason}`)
  const { token } = sessionShape.parse(JSON.parse(storage.getItem('urna.session') ?? 'null'))
  return { token, vote, answer, receipt: receiptText({ ...vote, receipt: answer.receipt }), stored }
}

/** Adds to each stored vote what its voter hears of it, once an anchor covers it. */
async function untilProven(door: Door, votes: KnownVote[]): Promise<void> {
  for (const [place, known] of votes.entries()) {
    const { pollId, voteId } = known.vote
    const storage = memoryStorage()
    storage.setItem('urna.session', JSON.stringify({ token: known.token, expiresAt: '' }))
    const client = makeUrnaClient({ trpcUrl: door.trpcUrl, storage })
    const status = await until('it is anchored', async () => {
      const told = await client.voteStatus({ pollId, voteId, receipt: known.answer.receipt })
      // Where the counts are hidden, so is the proof.
      return told.state === 'counted' && (told.proof === undefined || told.proof.anchor !== null) && told
    })
    votes[place] = { ...known, status }
  }
}
