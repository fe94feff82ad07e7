/** The books of a poll and the way to its certified result, as a moderator watches them. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Poll } from '../contracts/poll.ts'
import type { Managed } from '../local/managed.ts'
import { chromiumPath, markPage, whyNoBrowser } from './browser.ts'
import { at, fits, openControlRoom, phone, press, stateIs, type ControlRoom } from './control-room.ts'
import { storedVotes, untilCounted } from './counts.ts'
import { until } from './house.ts'

// The order matters: the roles of the queue workers come and go.
describe.skipIf(chromiumPath === null)(`the books in the control room${whyNoBrowser}`, () => {
  let room: ControlRoom
  let poll: Poll
  let final: Poll
  let persisting: Managed
  let page: Page
  let stayed: () => Promise<boolean>
  beforeAll(async () => {
    room = await openControlRoom({ workers: false })
    poll = await room.opened()
    await room.cast(poll, 'audience', 'renata', 'renata', 'joao')
    page = await room.moderator(at(poll))
    stayed = await markPage(page)
  }, 300_000)
  afterAll(async () => {
    // Where it never opened, that is the fault to be told.
    if (chromiumPath !== null) await room[Symbol.asyncDispose]()
  })

  const books = () => page.getByRole('region', { name: 'Books' })
  const certification = () => page.getByRole('region', { name: 'Certification' })
  /** The number beside what this row of the equation is about. */
  const part = async (name: string) =>
    books()
      .getByRole('row', { name: new RegExp(`^[=+]? ?${name}`) })
      .locator('td')
      .innerText()
  const partIs = (name: string, votes: number) =>
    until(`${name} is ${votes}`, async () => (await part(name)) === String(votes))
  const standOf = async (name: string) =>
    books().locator('.sources tbody tr', { hasText: name }).first().getAttribute('data-stand')

  it('EB1 say that nobody has looked yet, and fill by themselves once the role reconcile does', async () => {
    await books().getByText('Nobody has looked yet.').waitFor()
    expect(await books().getByRole('table').count()).toBe(0)
    await room.house.workers({ roles: ['reconcile'] })
    await books().getByText('3 are still on their way.').waitFor()
    // A number that changes every 2 s is not read out.
    expect(await books().getByRole('status').innerText()).toBe('Every accepted vote is accounted for.')
    await partIs('Waiting', 3)
    await partIs('Accepted', 3)
    await partIs('Counted', 0)
  })

  it('EB2 the same count stands in every place with a tick, and one that cannot be read says so', async () => {
    persisting = await room.house.workers({ roles: ['persist'] })
    await partIs('Counted', 3)
    await partIs('Waiting', 0)
    await books().getByText('Every accepted vote is accounted for.').waitFor()
    for (const name of ['Ledger', 'Stored votes', 'Counters', 'Minutes', 'Shown'])
      await until(`${name} agrees`, async () => (await standOf(name)) === 'agrees')
    // This house has no Kafka and no read model.
    expect(await standOf('Events')).toBe('unread')
    expect(await standOf('Read model')).toBe('unread')
  })

  it('EB3 a vote that vanishes from its table is named, with its age, and nothing else is doubted', async () => {
    const [gone] = await storedVotes(room.house, poll.pollId)
    const [voteId] = gone?.split(' ') ?? []
    await room.house.rows('delete from votes where vote_id = $1', [voteId])
    const drift = books().getByRole('list', { name: 'What is off' }).getByRole('listitem')
    await drift.getByText(/^for \d+ (s|min)$/).waitFor()
    await drift.getByText('does not heal by itself').waitFor()
    await until('the row differs', async () => (await standOf('Stored votes')) === 'differs')
    await books().getByText('1 too few').waitFor()
    expect(await drift.count()).toBe(1)
    expect(await standOf('Counters')).toBe('agrees')
    await page.setViewportSize(phone.viewport)
    expect(await fits(page)).toBe(true)
    await page.setViewportSize({ width: 1440, height: 900 })
  })

  it('EB4 a gateway that cannot be reached leaves what was known, marked as old, and the panels come back alone', async () => {
    await page.route('**/graphql', (route) =>
      route.request().postData()?.includes('BooksOfPoll') === true ? route.abort() : route.continue(),
    )
    await books().getByText('not live: the gateway did not answer').waitFor()
    await partIs('Counted', 3)
    await page.unroute('**/graphql')
    await books().getByText('not live').waitFor({ state: 'detached' })
    expect(await stayed()).toBe(true)
  })

  it('EB5 a result is certified only after a question, and until all votes are in the page says what is missing', async () => {
    await persisting.stop()
    final = await room.opened()
    await room.cast(final, 'audience', 'renata')
    page = await room.moderator(at(final))
    stayed = await markPage(page)
    await press(page, 'Close poll')
    await press(page.getByRole('dialog'), 'Close poll')
    await stateIs(page, 'Closed')
    await press(certification(), 'Certify the result')
    const dialog = page.getByRole('dialog', { name: 'Certify this result?' })
    await dialog.getByText('for good').waitFor()
    // A hurried Enter certifies nothing.
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    expect((await room.pollNow(final)).state).toBe('closed')

    await press(certification(), 'Certify the result')
    await press(dialog, 'Certify the result')
    await stateIs(page, 'Counting')
    expect(await page.getByRole('button', { name: 'Open again' }).count()).toBe(0)
    await room.house.workers({ roles: ['certify'], env: { ANCHOR_EVERY_MS: '200' } })
    await certification().getByText('Not certified yet:').waitFor()
    await certification().getByRole('listitem').first().waitFor()
    expect((await room.pollNow(final)).state).toBe('counting')
  })

  it('EB6 once the last vote is counted the result is certified by itself, here and on the public page', async () => {
    const voter = await room.people.come(phone)
    await voter.goto(`${room.door.url}/p/${final.slug}`)
    await voter.getByRole('heading', { name: 'Counting the last votes' }).waitFor()
    await room.house.workers({ roles: ['persist'] })
    await untilCounted(room.house, final.pollId, 1)
    await stateIs(page, 'Certified')
    await certification()
      .getByText(/Certified by anchor \d+/)
      .waitFor()
    const facts = certification().locator('dd')
    expect(await facts.first().innerText()).toBe('1')
    expect(await facts.nth(1).innerText()).toBe('1')
    await voter.locator('.certified').waitFor()
    await voter.getByRole('heading', { name: 'The result' }).waitFor()
    await books().getByText('The books are closed: the result is certified.').waitFor()
    expect(await stayed()).toBe(true)
    expect(room.people.faults).toEqual([])
  })
})
