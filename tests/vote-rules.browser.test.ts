/** The rules of a poll on the vote screens: limits, ballot boxes, identities, secrecy, weights, rehearsals. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Poll } from '../contracts/poll.ts'
import { makeTestIdentity } from '../gateway/sessions/test-identity.ts'
import { buildScreens } from '../local/screens.ts'
import { chromiumPath, markPage, openBrowser, whyNoBrowser, type People } from './browser.ts'
import { storedVotes } from './counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from './house.ts'

const identitySecret = 'an identity secret that only tests know'
const fans = { boxId: 'fans', voters: 'device', limit: null, weight: 3_000 } as const
const verified = {
  boxId: 'verified',
  voters: 'verified',
  limit: { votes: 1, perSeconds: null },
  weight: 7_000,
} as const

describe.skipIf(chromiumPath === null)(`the rules of a poll in Chromium${whyNoBrowser}`, () => {
  const open = new AsyncDisposableStack()
  let house: House
  let door: Door
  let people: People

  beforeAll(async () => {
    house = open.use(await startHouse())
    const uiDir = process.env['URNA_TEST_UI_DIR'] || join(house.dataDir, 'ui')
    mkdirSync(uiDir, { recursive: true })
    await buildScreens(dirname(import.meta.dirname), uiDir)
    door = await house.gateway({ env: { UI_DIR: uiDir, TEST_IDENTITY_SECRET: identitySecret } })
    await house.workers()
    people = open.use(await openBrowser())
  }, 300_000)
  afterAll(async () => {
    await open.disposeAsync()
  })

  const admin = () => adminAt(door).trpc.admin
  type NewPoll = Parameters<ReturnType<typeof admin>['createPoll']['mutate']>[0]
  async function openPoll(rules: Partial<NewPoll> = {}, closesAt?: string): Promise<Poll> {
    const { pollId } = await admin().createPoll.mutate({
      question: 'Which dance?',
      options: ['Samba', 'Forro', 'Frevo'],
      ...rules,
    })
    return admin().openPoll.mutate({ pollId, ...(closesAt !== undefined && { closesAt }) })
  }
  const address = ({ slug }: Poll) => `${door.url}/p/${slug}`
  const optionsOf = async ({ pollId }: Poll) =>
    (await storedVotes(house, pollId)).map((line) => line.split(' ')[1]).sort()
  /** By somebody else, with a session of their own. */
  const cast = (poll: Poll, optionId: string, box?: string) =>
    voterAt(door).cast({ pollId: poll.pollId, optionId, ...(box !== undefined && { box }) })
  async function comeTo(poll: Poll): Promise<Page> {
    const page = await people.come({ viewport: { width: 390, height: 844 } })
    await page.goto(address(poll))
    return page
  }
  const pressVote = (page: Page, option: string) =>
    page.getByRole('button', { name: new RegExp(`^Vote (again )?for ${option}$`) }).click()
  async function vote(page: Page, option: string) {
    await page.getByRole('radio', { name: option }).check()
    await pressVote(page, option)
  }
  const says = (page: Page, words: string | RegExp) => page.getByText(words).first().waitFor()
  const totalIs = (page: Page, votes: number) =>
    page.locator('.results-total strong', { hasText: new RegExp(`^${votes}$`) }).waitFor()
  const bar = (page: Page, option: string) => page.locator('.bar', { hasText: option })

  it('E31 seven votes a minute are counted down, the eighth waits, and is possible again by itself', async () => {
    const sevenAMinute = { ...fans, limit: { votes: 7, perSeconds: 60 }, weight: 10_000 }
    const poll = await openPoll({ boxes: [sevenAMinute] })
    const page = await comeTo(poll)
    await says(page, '7 votes a minute.')
    // A second tab of the same person that hears nothing of what is left.
    const other = await page.context().newPage()
    await other.route('**/trpc/vote.allowance*', (route) => route.abort())
    await other.goto(address(poll))
    await other.getByRole('radio', { name: 'Frevo' }).check()

    await page.getByRole('radio', { name: 'Samba' }).check()
    for (let left = 6; left >= 1; left--) {
      await pressVote(page, 'Samba')
      await says(page, `7 votes a minute; ${left} left.`)
    }
    await pressVote(page, 'Samba')
    const wait = page.getByRole('button', { name: /^Next vote in / })
    await wait.waitFor()
    expect(await wait.getAttribute('aria-disabled')).toBe('true')
    await wait.click({ force: true })
    await says(page, /^7 votes a minute; next possible at /)

    await pressVote(other, 'Frevo')
    await other.getByRole('button', { name: /^Next vote in / }).waitFor()
    expect(await other.getByRole('radio', { name: 'Frevo' }).isChecked()).toBe(true)
    await until('the seventh vote is stored', async () => (await optionsOf(poll)).length === 7)
    expect(await optionsOf(poll)).toEqual(Array(7).fill('samba'))

    const again = other.getByRole('button', { name: 'Vote for Frevo' })
    await again.waitFor({ timeout: 90_000 })
    await again.click()
    await says(other, 'Your vote for Frevo is in.')
    await totalIs(other, 8)
    expect(await optionsOf(poll)).toEqual(['frevo', ...Array<string>(7).fill('samba')])
  })

  it('E32 a double or triple click and a key held down are one vote, also where as many as one likes are allowed', async () => {
    const poll = await openPoll({ boxes: [{ ...fans, weight: 10_000 }] })
    const page = await comeTo(poll)
    await says(page, 'As many votes as you like.')
    await page.getByRole('radio', { name: 'Forro' }).check()
    // The second click comes when the first vote is in: nothing but its being a second click stands in its way.
    await pressVote(page, 'Forro')
    await totalIs(page, 1)
    const button = page.getByRole('button', { name: 'Vote again for Forro' })
    await button.hover()
    await page.mouse.down({ clickCount: 2 })
    await page.mouse.up({ clickCount: 2 })
    await page.mouse.down({ clickCount: 3 })
    await page.mouse.up({ clickCount: 3 })

    await button.focus()
    await page.keyboard.down('Enter')
    await totalIs(page, 2)
    await button.waitFor()
    await page.keyboard.down('Enter')
    await page.keyboard.up('Enter')
    // The focus stays where it was: the next vote is one key away.
    await page.keyboard.press('Enter')
    await totalIs(page, 3)
    const samba = page.getByRole('radio', { name: 'Samba' })
    await samba.check()
    await samba.press('Enter')
    await totalIs(page, 4)
    expect(await samba.evaluate((radio) => radio === document.activeElement)).toBe(true)
    await until('the last vote is stored', async () => (await optionsOf(poll)).includes('samba'))
    expect(await optionsOf(poll)).toEqual(['forro', 'forro', 'forro', 'samba'])
  })

  it('E33 a link that vouches for the voter opens the verified box, is gone from the address, and one that does not is told', async () => {
    const poll = await openPoll({ boxes: [verified, fans] })
    const page = await comeTo(poll)
    const boxes = page.getByRole('group', { name: 'How do you vote?' })
    expect(await boxes.getByRole('radio', { name: /^Fans/ }).isChecked()).toBe(true)
    await says(page, '70% of the result')
    await boxes.getByRole('radio', { name: /^Verified/ }).check()
    await says(page, 'This box takes verified voters only.')
    const stayed = await markPage(page)

    await page.goto(`${address(poll)}#identity=test.nobody.nothing`)
    await says(page, 'We could not verify you.')
    expect(page.url()).toBe(address(poll))
    const asked: string[] = []
    page.on('request', (request) => {
      if (request.url().includes('session.verify')) asked.push(request.url())
    })
    await page.goto(`${address(poll)}#identity=${makeTestIdentity(identitySecret, 'Ana')}`)
    await says(page, 'You are verified.')
    expect(page.url()).toBe(address(poll))
    await page.getByRole('button', { name: 'OK' }).click()
    await says(page, 'One vote. It is final.')
    await vote(page, 'Samba')
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    await boxes.getByRole('radio', { name: /^Fans/ }).check()
    await vote(page, 'Forro')
    await says(page, 'Your vote for Forro is in.')
    await pressVote(page, 'Forro')
    await totalIs(page, 3)
    expect(asked).toHaveLength(1)
    expect(await stayed()).toBe(true)
    await until('both boxes are counted', async () => (await optionsOf(poll)).length === 3)
    const rows = await house.rows<{ box_no: number }>(
      'select box_no from votes join polls using (poll_no) where poll_id = $1 order by box_no',
      [poll.pollId],
    )
    expect(rows.map(({ box_no }) => box_no)).toEqual([0, 1, 1])

    await page.reload()
    await boxes.getByRole('radio', { name: /^Verified/ }).check()
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    expect(await bar(page, 'Samba').innerText()).toContain('70.00%')

    // Somebody else on this device has a vote of their own, and sees nothing of Ana's.
    await page.goto(`${address(poll)}#identity=${makeTestIdentity(identitySecret, 'Bia')}`)
    await says(page, 'You are verified.')
    await boxes.getByRole('radio', { name: /^Verified/ }).check()
    await vote(page, 'Frevo')
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    await until('both verified votes are counted', async () => (await optionsOf(poll)).length === 4)

    // The same person on a device of somebody else: still one verified vote.
    const elsewhere = await people.come()
    await elsewhere.goto(`${address(poll)}#identity=${makeTestIdentity(identitySecret, 'Ana')}`)
    await says(elsewhere, 'You are verified.')
    await elsewhere.getByRole('radio', { name: /^Verified/ }).check()
    await elsewhere.getByRole('heading', { name: 'You have already voted here.' }).waitFor()
  })

  it('E34 the weighted result shows what each box gave, its weights, and a tie as a tie', async () => {
    const poll = await openPoll({ boxes: [{ ...verified, voters: 'device' }, fans] })
    const page = await comeTo(poll)
    await page.getByRole('radio', { name: /^Fans/ }).check()
    await vote(page, 'Forro')
    await totalIs(page, 1)
    await says(page, /its weight passes on to the others/)
    expect(await bar(page, 'Forro').innerText()).toContain('100.00%')
    for (const optionId of ['samba', 'samba', 'forro', 'frevo']) await cast(poll, optionId, 'verified')
    for (const optionId of ['samba', 'frevo', 'frevo']) await cast(poll, optionId, 'fans')
    await totalIs(page, 8)
    await admin().closePoll.mutate({ pollId: poll.pollId })
    await page.getByRole('heading', { name: 'The result' }).waitFor()
    // 0.7 * 2/4 + 0.3 * 1/4, 0.7 * 1/4 + 0.3 * 2/4, 0.7 * 1/4 + 0.3 * 1/4
    const rows = await page.locator('.bar').allInnerTexts()
    const found = rows.map((text) => text.replaceAll(/\s+/g, ' '))
    expect(found[0]).toMatch(/^Samba First 42\.50% Verified 50\.00% Fans 25\.00%$/)
    expect(found[1]).toMatch(/^Frevo 32\.50% Verified 25\.00% Fans 50\.00%$/)
    expect(found[2]).toMatch(/^Forro Your last vote 25\.00% Verified 25\.00% Fans 25\.00%$/)

    const tied = await openPoll({
      boxes: [
        { ...verified, voters: 'device', weight: 5_000 },
        { ...fans, weight: 5_000 },
      ],
    })
    await cast(tied, 'samba', 'verified')
    await cast(tied, 'forro', 'fans')
    await admin().closePoll.mutate({ pollId: tied.pollId })
    await page.goto(address(tied))
    await page.getByText('Tied first').nth(1).waitFor()
    expect(await page.getByText('Tied first').count()).toBe(2)
  })

  it('E35 under after-vote nothing is shown before the vote, and everything after it', async () => {
    const poll = await openPoll({ visibility: 'after-vote' })
    await cast(poll, 'forro')
    const page = await comeTo(poll)
    await says(page, 'Results appear once you have voted.')
    expect(await page.locator('.bar').count()).toBe(0)
    await vote(page, 'Samba')
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    await totalIs(page, 2)
    await cast(poll, 'frevo')
    await totalIs(page, 3)
    await page.reload()
    await totalIs(page, 3)
    // A device that remembers its vote, but has lost the session that cast it.
    await page.evaluate(() => localStorage.removeItem('urna.session'))
    await page.context().clearCookies()
    await page.reload()
    await says(page, 'We do not find your vote in this poll.')
    expect(await page.locator('.bar').count()).toBe(0)

    // Whoever has voted under another rule is a voter under this one.
    const changed = await openPoll()
    await page.goto(address(changed))
    await vote(page, 'Samba')
    await totalIs(page, 1)
    await admin().updatePoll.mutate({ pollId: changed.pollId, visibility: 'after-vote' })
    const stranger = await comeTo(changed)
    await says(stranger, 'Results appear once you have voted.')
    await cast(changed, 'forro')
    await totalIs(page, 2)
  })

  it('E36 under after-close a voter is told when results come, and sees them the moment the poll closes', async () => {
    const closesAt = new Date(Date.now() + 3_600_000).toISOString()
    const poll = await openPoll({ visibility: 'after-close' }, closesAt)
    const page = await comeTo(poll)
    await says(page, /Results appear when the vote closes, at /)
    await says(page, 'Votes that reach us up to 2 s after the close count.')
    await page.getByRole('timer', { name: 'Time until the poll closes' }).waitFor()
    await vote(page, 'Samba')
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    await says(page, /^Results appear when the vote closes, at /)
    expect(await page.locator('.bar, .results-total').count()).toBe(0)
    await admin().closePoll.mutate({ pollId: poll.pollId })
    await page.getByRole('heading', { name: 'The result' }).waitFor()
    await totalIs(page, 1)
  })

  it('E37 under an embargo the close shows nothing, and the reveal everything', async () => {
    const poll = await openPoll({ visibility: 'embargo' })
    const page = await comeTo(poll)
    await says(page, 'Results will be announced.')
    await vote(page, 'Samba')
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    await admin().closePoll.mutate({ pollId: poll.pollId })
    await says(page, 'The vote is closed. The result will be announced.')
    expect(await page.locator('.bar, .results-total').count()).toBe(0)
    await admin().revealPoll.mutate({ pollId: poll.pollId })
    await page.getByRole('heading', { name: 'The result' }).waitFor()
    await totalIs(page, 1)
  })

  it('E38 a rehearsal says on every step that votes do not count, and has no winner', async () => {
    const poll = await openPoll({ isRehearsal: true, boxes: [verified, fans] })
    const page = await comeTo(poll)
    await says(page, 'Votes do not count.')
    expect(await page.getByText('of the result').count()).toBe(0)
    await vote(page, 'Samba')
    await page.getByRole('heading', { name: 'The rehearsal so far' }).waitFor()
    await totalIs(page, 1)
    await says(page, 'Votes do not count.')
    await admin().closePoll.mutate({ pollId: poll.pollId })
    await says(page, 'Closed')
    await page.getByRole('heading', { name: 'Rehearsal: no result' }).waitFor()
    expect(await page.getByRole('radio').count()).toBe(0)
    await says(page, 'Votes do not count.')
    expect(await page.getByText(/Most votes|First|Tied/).count()).toBe(0)
    await page.goto(door.url)
    await page.getByRole('link', { name: poll.question }).filter({ hasText: 'Rehearsal' }).first().waitFor()
  })

  it('E39 a vote under way in one of several boxes outlives the line and a reload, and counts once in its box', async () => {
    const poll = await openPoll({ boxes: [{ ...verified, voters: 'device' }, fans] })
    const page = await comeTo(poll)
    await page.getByRole('radio', { name: /^Fans/ }).check()
    await vote(page, 'Samba')
    await totalIs(page, 1)
    await page.getByRole('radio', { name: 'Frevo' }).check()
    await page.context().setOffline(true)
    await pressVote(page, 'Frevo')
    await says(page, 'No connection right now.')
    expect(await optionsOf(poll)).toEqual(['samba'])
    await page.context().setOffline(false)
    await totalIs(page, 2)

    const sent: string[] = []
    await page.route('**/trpc/vote.cast*', async (route) => {
      sent.push(/"voteId":"([^"]+)"/.exec(route.request().postData() ?? '')?.[1] ?? '')
      await route.fetch()
      await route.abort('connectionreset')
    })
    await page.getByRole('radio', { name: 'Forro' }).check()
    await pressVote(page, 'Forro')
    await until('the vote is stored', async () => (await optionsOf(poll)).length === 3)
    await page.unroute('**/trpc/vote.cast*')
    await page.reload()
    await says(page, 'Your vote for Forro is in.')
    await totalIs(page, 3)
    expect(new Set(sent).size).toBe(1)
    expect(await optionsOf(poll)).toEqual(['forro', 'frevo', 'samba'])
  })

  it('E40 no page threw, and none asked for what the content security policy forbids', () => {
    expect(people.faults).toEqual([])
  })
})
