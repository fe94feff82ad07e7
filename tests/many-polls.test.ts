/** Rules of many polls: a thousand of them, made, paged, searched and followed through the API. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { readEvents } from './door-house.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'

let house: House
let door: Door
let admin: ReturnType<typeof adminAt>['trpc']['admin']
const many = 1_000
/** pollIds, by the number of the poll. */
const made: string[] = []

// Which of them is what: 100 are open, 100 closed, 100 scheduled, the rest are drafts; 20 drafts are rehearsals, 40
// closed ones are in the archive.
const isOpen = (i: number) => i % 10 === 0
const isClosed = (i: number) => i % 10 === 1
const isScheduled = (i: number) => i % 10 === 2
const isRehearsal = (i: number) => i % 50 === 3
const isArchived = (i: number) => isClosed(i) && i % 50 > 30
const numbers = Array.from({ length: many }, (_, i) => i)

async function makePoll(i: number): Promise<void> {
  const opensAt = isScheduled(i) ? new Date(Date.now() + 86_400_000).toISOString() : null
  const { pollId } = await admin.createPoll.mutate({
    question: `Música número ${i}?`,
    options: ['Samba', i === 77 ? 'Maracatu' : 'Forró'],
    ...{ opensAt, isRehearsal: isRehearsal(i) },
  })
  made[i] = pollId
  if (isOpen(i) || isClosed(i)) await admin.openPoll.mutate({ pollId })
  if (isClosed(i)) await admin.closePoll.mutate({ pollId })
  if (isArchived(i)) await admin.archivePoll.mutate({ pollId })
}

beforeAll(async () => {
  house = await startHouse()
  door = await house.gateway()
  admin = adminAt(door).trpc.admin
  const waiting = numbers.values()
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (const i of waiting) await makePoll(i)
    }),
  )
}, 300_000)
afterAll(() => house[Symbol.asyncDispose]())

const pollShape = z.object({ pollId: z.string(), question: z.string(), state: z.string() })
const pageShape = z.object({ polls: z.array(pollShape), total: z.number(), nextAfter: z.string().nullable() })
type Page = z.infer<typeof pageShape>
const answerShape = z.object({
  data: z.object({ polls: pageShape }).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
})
const moderator = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` }
const fields = 'polls { pollId question state } total nextAfter'

async function ask(query: string, headers: Record<string, string> = moderator) {
  const answer = await fetch(`${door.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  })
  return answerShape.parse(await answer.json())
}
async function page(asked: string, headers?: Record<string, string>): Promise<Page> {
  const { data, errors } = await ask(`{ polls(${asked}) { ${fields} } }`, headers)
  if (data?.polls === undefined) throw new Error(JSON.stringify(errors))
  return data.polls
}
/** All pages of a list, one after another; `between` happens after each. */
async function allPages(
  first: number,
  filter = '',
  between: (pages: number) => Promise<void> = async () => {},
) {
  const pages: Page[] = []
  for (let after: string | null = null; ;) {
    const its: Page = await page(`first: ${first}${filter}${after === null ? '' : `, after: "${after}"`}`)
    pages.push(its)
    await between(pages.length)
    after = its.nextAfter
    if (after === null) return pages.flatMap(({ polls }) => polls.map(({ pollId }) => pollId))
  }
}
const idsOf = (which: (i: number) => boolean) => numbers.filter(which).map((i) => made[i] ?? '')
const sorted = (ids: readonly string[]) => [...ids].sort()

describe('a thousand polls', () => {
  it('MP1 are paged exactly once each, newest first, and the archive for itself', async () => {
    const ids = await allPages(100)
    expect(sorted(ids)).toEqual(sorted(idsOf((i) => !isArchived(i))))
    expect(sorted(await allPages(7, ', filter: { archived: true }'))).toEqual(sorted(idsOf(isArchived)))
    const first = await page('first: 100')
    expect(first).toMatchObject({ total: many - 40, nextAfter: first.polls.at(-1)?.pollId })
    const order = await house.rows<{ poll_id: string }>('select poll_id from polls order by poll_id desc')
    const standing = new Set(ids)
    expect(ids).toEqual(order.map(({ poll_id: id }) => id).filter((id) => standing.has(id)))
  })

  it('MP2 are met once each while others come, go, and leave the filter between two pages', async () => {
    const drafts = ', filter: { state: draft }'
    const before = await allPages(100, drafts)
    // The very polls that the first two pages end with.
    const [cutAt = '', leaves = ''] = [before[19], before[39]]
    const met = await allPages(20, drafts, async (pages) => {
      if (pages === 1) {
        await admin.deletePoll.mutate({ pollId: cutAt })
        made.push((await admin.createPoll.mutate({ question: 'New?', options: ['A', 'B'] })).pollId)
      }
      if (pages === 2) await admin.archivePoll.mutate({ pollId: leaves })
    })
    expect(met).toEqual(before)
    const now = await allPages(100, drafts)
    expect(now).toEqual([made.at(-1), ...before.filter((id) => id !== cutAt && id !== leaves)])
    await admin.unarchivePoll.mutate({ pollId: leaves })
  })

  it('MP3 are searched by any words of their texts, in any case, and filtered', async () => {
    const found = async (asked: string) => (await page(`first: 100, filter: { ${asked} }`)).polls
    const ids = (await found('search: "77?   NÚMERO"')).map(({ pollId }) => pollId)
    expect(sorted(ids)).toEqual(sorted(idsOf((i) => i % 100 === 77)))
    expect((await found('search: "maracatu"')).map(({ pollId }) => pollId)).toEqual([made[77]])
    expect((await found('search: "musica-numero-123"')).map(({ pollId }) => pollId)).toEqual([made[123]])
    expect(await found('search: "samba", state: counting')).toEqual([])
    expect(await found('search: "no such words"')).toEqual([])
    expect(await page('first: 1, filter: { state: open }')).toMatchObject({ total: 100 })
    expect(await page('first: 1, filter: { state: scheduled }')).toMatchObject({ total: 100 })
    expect(await page('first: 1, filter: { rehearsal: true }')).toMatchObject({ total: 20 })
    const both = (await found('state: closed, search: "5 número"')).map(({ pollId }) => pollId)
    const expected = idsOf((i) => isClosed(i) && !isArchived(i) && String(i).includes('5'))
    expect(sorted(both)).toEqual(sorted(expected))
  })

  it('MP4 are not for everyone: strangers see what is or was on air or is scheduled, the newest 100 in lists', async () => {
    const isPublic = (i: number) => (isOpen(i) || isClosed(i) || isScheduled(i)) && !isArchived(i)
    expect(await page('first: 1', {})).toMatchObject({ total: idsOf(isPublic).length })
    expect(await page('first: 1, filter: { state: draft }', {})).toMatchObject({ total: 0 })
    const list = await voterAt(door).trpc.poll.list.query()
    const newest = await page('first: 100', {})
    expect(list.map(({ pollId }) => pollId)).toEqual(newest.polls.map(({ pollId }) => pollId))
    // An address goes on working in the archive.
    const pollId = idsOf(isArchived)[0] ?? ''
    expect(await voterAt(door).trpc.poll.byId.query({ pollId })).toMatchObject({ state: 'closed' })
  })

  it('MP5 come in pages of 1 to 100, behind the id of a poll, and an end that is unknown is told', async () => {
    for (const first of [0, -1, 101]) {
      const { errors } = await ask(`{ polls(first: ${first}) { total } }`)
      expect(errors?.[0]?.message).toContain('first must be from 1 to 100')
    }
    for (const after of ['', 'zzz', 'musica-numero-1']) {
      const { errors } = await ask(`{ polls(first: 1, after: "${after}") { total } }`)
      expect(errors?.[0]?.message).toContain('after must be')
    }
    expect(await page('first: 1, after: "00000000-0000-7000-8000-000000000000"')).toMatchObject({ polls: [] })
  })

  it('MP6 are followed: a change is in the next frame of the page that shows it', async () => {
    const response = await fetch(`${door.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...moderator },
      body: JSON.stringify({
        query: `subscription { polls(first: 3, filter: { state: scheduled }) { ${fields} } }`,
      }),
    })
    const frames = readEvents(response)
    const next = async () => {
      const { value } = await frames.next()
      return answerShape.parse(JSON.parse(value?.data ?? 'null')).data?.polls
    }
    const first = await next()
    expect(first).toMatchObject({ total: 100, polls: { length: 3 } })
    const pollId = first?.polls[1]?.pollId ?? ''
    await admin.openPoll.mutate({ pollId })
    await until('it has left the page', async () => {
      const its = await next()
      return its?.total === 99 && its.polls.every((poll) => poll.pollId !== pollId)
    })
    await frames.return(undefined)
  })
})
