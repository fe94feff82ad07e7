/** The rules of a poll in the control room: moderators in a real browser, on a whole Urna. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BallotBox, Poll } from '../contracts/poll.ts'
import { buildScreens } from '../local/screens.ts'
import { chromiumPath, openBrowser, whyNoBrowser, type People } from './browser.ts'
import { adminAt, secrets, startHouse, until, voterAt, type Door, type House } from './house.ts'

const box = (boxId: string, weight: number, votes: number | null = 1): BallotBox => ({
  ...{ boxId, weight, voters: 'device' },
  limit: votes === null ? null : { votes, perSeconds: null },
})
const threeOptions = ['Renata', 'Guilherme', 'João']
const phone = { viewport: { width: 390, height: 844 } }
const desk = { viewport: { width: 1440, height: 900 } }

describe.skipIf(chromiumPath === null)(`the rules in the control room${whyNoBrowser}`, () => {
  const open = new AsyncDisposableStack()
  let house: House
  let door: Door
  let people: People

  beforeAll(async () => {
    house = open.use(await startHouse())
    const uiDir = process.env['URNA_TEST_UI_DIR'] || join(house.dataDir, 'ui')
    mkdirSync(uiDir, { recursive: true })
    await buildScreens(dirname(import.meta.dirname), uiDir)
    door = await house.gateway({ env: { UI_DIR: uiDir } })
    await house.workers()
    people = open.use(await openBrowser())
  }, 300_000)
  afterAll(async () => {
    await open.disposeAsync()
  })

  const admin = () => adminAt(door).trpc.admin
  const pollNow = ({ pollId }: Pick<Poll, 'pollId'>) => adminAt(door).trpc.poll.byId.query({ pollId })
  const make = (more: Partial<Parameters<ReturnType<typeof admin>['createPoll']['mutate']>[0]> = {}) =>
    admin().createPoll.mutate({ question: 'Who wins the final?', options: threeOptions, ...more })
  async function opened(more: Parameters<typeof make>[0] = {}) {
    const { pollId } = await make(more)
    return admin().openPoll.mutate({ pollId })
  }
  async function cast(poll: Poll, boxId: string, ...options: string[]) {
    for (const optionId of options) {
      const answer = await voterAt(door).cast({ pollId: poll.pollId, box: boxId, optionId })
      expect(answer.accepted).toBe(true)
    }
  }

  /** A moderator in Berlin at this address of the control room. */
  async function moderator(path: string, options = desk): Promise<Page> {
    const page = await people.come({ timezoneId: 'Europe/Berlin', ...options })
    await page.goto(`${door.url}/admin${path}#token=${secrets.ADMIN_TOKEN}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await page.locator('.line-state.is-live').waitFor()
    return page
  }
  const at = ({ pollId }: Pick<Poll, 'pollId'>) => `/polls/${pollId}`
  const press = (where: Page | Locator, name: string | RegExp) =>
    where.getByRole('button', { name, exact: typeof name === 'string' }).click()
  const badge = (page: Page, state: string) =>
    page.locator('.poll-marks .badge', { hasText: state }).waitFor()
  const fits = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)

  it('R1 a moderator writes a poll of two boxes with limits, weights, secrecy and a time zone, and it is stored so', async () => {
    const page = await moderator('/polls/new')
    await page.getByLabel('Question').fill('Who leaves the house tonight?')
    await page.getByLabel('Option 1', { exact: true }).fill('Renata')
    await page.getByLabel('Option 2', { exact: true }).fill('Guilherme')
    await press(page, 'Picture for option 2')
    await page.getByLabel('Picture address of option 2').fill('https://pictures.example/guilherme.jpg')
    await page.getByLabel('Colour of option 1').fill('#123456')
    await press(page, 'Add ballot box')
    const first = page.getByRole('group', { name: 'Ballot box 1' })
    const second = page.getByRole('group', { name: 'Ballot box 2' })
    await first.getByLabel('Name').fill('fans')
    await first.getByLabel('How often').selectOption({ label: 'Votes in a span of time' })
    await first.getByLabel('Votes', { exact: true }).fill('7')
    await first.getByLabel('Every', { exact: true }).fill('2')
    await first.getByLabel('Unit of time').selectOption('hours')
    await first.getByLabel('Weight in %').fill('30')
    expect(await second.getByLabel('Who votes').inputValue()).toBe('verified')
    await second.getByLabel('Weight in %').fill('60')
    await press(second, 'Move ballot box 2 up')
    await page.getByTestId('weight-sum').getByText('10 % are still to give').waitFor()
    await second.getByLabel('Weight in %').fill('40')
    await page.getByTestId('weight-sum').getByText('sum to 100 %').waitFor()
    await page.getByRole('radio', { name: /^Embargo/ }).check()
    await page.getByLabel('Time zone').fill('sao paulo')
    await page.keyboard.press('Enter')
    await page.getByLabel('Opens at').fill('2030-07-01T20:15')
    await page.getByText('For you: 2 Jul 2030, 01:15:00 (Europe/Berlin (GMT+2)).').waitFor()
    await press(page, 'Create poll')
    await badge(page, 'Scheduled')
    const pollId = page.url().split('/').at(-1) ?? ''
    expect(await pollNow({ pollId })).toMatchObject({
      ...{ state: 'scheduled', visibility: 'embargo', timeZone: 'America/Sao_Paulo', isRehearsal: false },
      opensAt: '2030-07-01T23:15:00.000Z',
      options: [
        { text: 'Renata', colour: '#123456', pictureUrl: null },
        { text: 'Guilherme', colour: null, pictureUrl: 'https://pictures.example/guilherme.jpg' },
      ],
      boxes: [
        { boxId: 'verified', voters: 'verified', limit: { votes: 1, perSeconds: null }, weight: 6_000 },
        { boxId: 'fans', voters: 'device', limit: { votes: 7, perSeconds: 7_200 }, weight: 4_000 },
      ],
    })
  })

  it('R2 what is wrong is told at its field after the first try, and goes while it is mended; the server’s word too', async () => {
    const taken = await make({ slug: 'the-taken-one' })
    const page = await moderator('/polls/new', phone)
    await page.getByLabel('Question').fill('Which of them?')
    await page.getByLabel('Option 1', { exact: true }).fill('A')
    await page.getByLabel('How often').selectOption({ label: 'Votes in the whole poll' })
    const votes = page.getByLabel('Votes', { exact: true })
    await votes.fill('101')
    await press(page, 'Add ballot box')
    await page.getByLabel('Weight in %').first().fill('70')
    await page.getByLabel('Address of the vote page').fill(taken.slug)
    await press(page, 'Create poll')
    await page.getByText('3 fields are not right yet.').waitFor()
    await page.getByText('At most 100 votes; for more choose “Unlimited”.').waitFor()
    expect(await page.locator(':focus').getAttribute('aria-label')).toBe('Option 2')
    await votes.fill('100')
    await page.getByText('2 fields are not right yet.').waitFor()
    await press(page, 'Balance to 100 %')
    await page.getByText('One field is not right yet.').waitFor()
    await page.getByLabel('Option 2', { exact: true }).fill('B')
    expect(await fits(page)).toBe(true)
    await press(page, 'Create poll')
    const slug = page.getByLabel('Address of the vote page')
    await page.getByText('Another poll has this address already').waitFor()
    await until('the field has the focus', async () => slug.evaluate((it) => it === document.activeElement))
    await slug.fill('the-free-one')
    await press(page, 'Create poll')
    await badge(page, 'Draft')
  })

  it('R3 after opening, options, boxes and address are text with the reason; texts and visibility still change', async () => {
    const poll = await opened({ boxes: [box('verified', 7_000), box('fans', 3_000, 100)] })
    const page = await moderator(`${at(poll)}/edit`, phone)
    const frozen = page.getByRole('region', { name: 'Frozen since it opened' })
    await frozen.getByText('Guilherme').waitFor()
    expect(await frozen.innerText()).toContain(
      'fans: anyone, 100 votes in the whole poll, 30 % of the result',
    )
    await page.getByText('so that every vote means what its voter saw').waitFor()
    for (const field of [
      'Option 1',
      'Name',
      'How often',
      'Time zone',
      'Address of the vote page',
      'Opens at (optional)',
    ])
      expect(await page.getByLabel(field, { exact: true }).count(), field).toBe(0)
    expect(await page.locator('form :disabled').count()).toBe(0)
    expect(await fits(page)).toBe(true)
    await page.getByLabel('Question').fill('Who wins it?')
    await page.getByRole('radio', { name: /^After the close/ }).check()
    await press(page, 'Save changes')
    await page.getByRole('heading', { level: 1, name: 'Who wins it?' }).waitFor()
    expect(await pollNow(poll)).toMatchObject({
      question: 'Who wins it?',
      visibility: 'after-close',
      boxes: poll.boxes,
    })
  })

  it('R4 a poll is opened until a time, extended, closed and opened again, each with its precondition told', async () => {
    const poll = await make({ timeZone: 'America/Sao_Paulo' })
    const page = await moderator(at(poll))
    await page.getByText('Opening freezes its options').waitFor()
    await press(page, 'Open until…')
    const dialog = page.getByRole('dialog')
    await press(dialog, 'Open poll')
    await dialog.getByText('Choose a time.').waitFor()
    await dialog.getByLabel('Closes at').fill('2020-01-01T00:00')
    await press(dialog, 'Open poll')
    await dialog.getByText('This time is over.').waitFor()
    await press(dialog, '1 hour')
    await press(dialog, 'Open poll')
    await badge(page, 'Open')
    const first = Date.parse((await pollNow(poll)).closesAt ?? '')
    expect(Math.abs(first - Date.now() - 3_600_000)).toBeLessThan(120_000)
    const schedule = page.getByRole('region', { name: 'Schedule' })
    expect(await schedule.getByRole('timer').innerText()).toMatch(/^(1:00:00|\d\d:\d\d)$/)
    await schedule.getByText('for you').first().waitFor()
    await press(schedule, 'Extend by 15 min')
    const extended = await until('the poll closes 15 min later', async () => {
      const { closesAt } = await pollNow(poll)
      return Date.parse(closesAt ?? '') === first + 900_000 && closesAt
    })
    await schedule.locator(`time[datetime="${extended}"]`).waitFor()
    await press(schedule, 'Close at…')
    await dialog.getByLabel('Closes at').fill('2030-07-01T20:15:30')
    await press(dialog, 'Set closing time')
    await schedule.locator('time[datetime="2030-07-01T23:15:30.000Z"]').waitFor()
    const more = page.getByRole('region', { name: 'More' })
    await more.getByText('An open poll cannot be archived: close it first.').waitFor()
    await press(page, 'Close poll')
    await press(dialog, 'Close poll')
    await badge(page, 'Closed')
    expect(await pollNow(poll)).toMatchObject({ state: 'closed', graceMs: 0 })
    await press(page, 'Open again')
    await press(dialog, 'Open again')
    await badge(page, 'Open')
    await schedule.getByText('It has no closing time that could be extended').waitFor()
    expect(await pollNow(poll)).toMatchObject({ state: 'open', closesAt: null })
  })

  it('R5 under embargo the room sees the turnout alone, until a moderator who was asked twice reveals the result', async () => {
    const boxes = [box('verified', 7_000), box('fans', 3_000)]
    const poll = await opened({ boxes, visibility: 'embargo' })
    await cast(poll, 'verified', 'renata', 'guilherme')
    await cast(poll, 'fans', 'guilherme')
    const page = await moderator(at(poll), phone)
    await page.getByTestId('total').getByText('3', { exact: true }).waitFor()
    await page.getByText('Under embargo.').waitFor()
    await page.getByText('A result can be revealed once the poll is over.').waitFor()
    expect(await page.getByRole('button', { name: 'Reveal result' }).count()).toBe(0)
    expect(await page.locator('main').innerText()).not.toContain('Guilherme')
    expect(await page.locator('.turnout-table').innerText()).toMatch(/verified\s+2\s+fans\s+1/)
    await admin().closePoll.mutate({ pollId: poll.pollId })
    await press(page, 'Reveal result')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('From that moment on everyone sees').waitFor()
    await press(dialog, 'Keep it secret')
    expect((await pollNow(poll)).revealedAt).toBeNull()
    await press(page, 'Reveal result')
    await press(dialog, 'Reveal result')
    const result = page.getByRole('region', { name: 'Weighted result', exact: true })
    await result.getByText('65.00 %').waitFor()
    await page.getByText('votes that came now would know it').waitFor()
    expect(await page.getByRole('button', { name: 'Open again' }).count()).toBe(0)
    expect((await pollNow(poll)).revealedAt).not.toBeNull()
    expect(await fits(page)).toBe(true)
  })

  it('R6 a poll becomes a next round and a rehearsal, goes into the archive and comes back; one with votes stays', async () => {
    const poll = await opened({ question: 'The first round?' })
    const other = await make({ question: 'A poll that stays in the list?' })
    await cast(poll, 'audience', 'renata')
    await admin().closePoll.mutate({ pollId: poll.pollId })
    const page = await moderator(at(poll))
    const more = page.getByRole('region', { name: 'More' })
    await more.getByText('A poll with votes cannot be deleted').waitFor()
    expect(await more.getByRole('button', { name: 'Delete poll' }).count()).toBe(0)
    await press(more, 'Archive')
    await page.locator('.poll-marks').getByText('Archived').waitFor()
    await page.getByRole('link', { name: 'All polls' }).click()
    await page.getByRole('link', { name: other.question }).waitFor()
    expect(await page.getByRole('link', { name: 'The first round?' }).count()).toBe(0)
    await page.getByLabel('Shelf').selectOption('archive')
    await page.getByRole('link', { name: 'The first round?' }).click()
    await press(more, 'Take out of the archive')
    await page.locator('.poll-marks').getByText('Archived').waitFor({ state: 'detached' })

    await press(more, 'Duplicate as next round')
    await page.locator('.poll-marks').getByText('Round 2').waitFor()
    await badge(page, 'Draft')
    const roundId = page.url().split('/').at(-1) ?? ''
    expect(await pollNow({ pollId: roundId })).toMatchObject({
      round: 2,
      previousPollId: poll.pollId,
      boxes: poll.boxes,
    })
    await press(more, 'Duplicate as rehearsal')
    await page.getByText('Its votes take the whole way and count for nothing.').waitFor()
    const rehearsalId = await until('the rehearsal has its page', async () => {
      const id = page.url().split('/').at(-1)
      return id !== roundId && id
    })
    expect(await pollNow({ pollId: rehearsalId })).toMatchObject({ isRehearsal: true, state: 'draft' })
    await page.getByRole('link', { name: 'All polls' }).click()
    await page.getByLabel('Shelf').selectOption('rehearsals')
    await page.locator('.poll-row', { hasText: 'Rehearsal' }).getByRole('link').click()
    await press(more, 'Delete poll')
    await press(page.getByRole('dialog'), 'Delete poll')
    await page.getByRole('heading', { level: 1, name: 'Polls' }).waitFor()
    await until('the rehearsal is gone', async () =>
      pollNow({ pollId: rehearsalId }).then(
        () => false,
        () => true,
      ),
    )
  })

  it('R7 other weights tried on the votes change the winner on this page and nothing that is stored', async () => {
    const poll = await opened({ boxes: [box('verified', 7_000), box('fans', 3_000)] })
    await cast(poll, 'verified', 'renata', 'guilherme', 'guilherme')
    const page = await moderator(at(poll))
    await page.getByText('No vote yet: its 30 % are passed on').waitFor()
    await page.getByText('Counts for 100 % now').waitFor()
    await cast(poll, 'fans', 'renata', 'renata', 'renata', 'guilherme')
    const result = page.getByRole('region', { name: 'Weighted result so far' })
    // 0.7 * 2/3 + 0.3 * 1/4, and 0.7 * 1/3 + 0.3 * 3/4.
    await result.getByText('54.17 %').waitFor()
    await result.getByText('45.83 %').waitFor()
    const first = await result.getByRole('listitem').first().innerText()
    expect(first).toMatch(/Guilherme[^]*verified 66\.67 %\s+fans 25\.00 %/)
    const version = (await pollNow(poll)).version
    await press(page, 'Try weights')
    const panel = page.getByRole('region', { name: 'What if the weights were others?' })
    const slider = panel.getByRole('slider')
    const verdict = panel.getByRole('status')
    await verdict.getByText('Guilherme would win, as with the poll’s weights.').waitFor()
    // Equal where w / 3 = (1 - w) / 2.
    await panel.getByText('Up to 60.00 % for verified').first().waitFor()
    await slider.focus()
    for (let presses = 0; presses < 11; presses++) await page.keyboard.press('ArrowLeft')
    expect(await slider.inputValue()).toBe('5900')
    await verdict.getByText('Renata would win, instead of Guilherme.').waitFor()
    await page.keyboard.press('Shift+ArrowRight')
    expect(await slider.inputValue()).toBe('5901')
    await panel.getByLabel('Weight of verified in %').fill('60')
    await verdict.getByText('A tie: Renata and Guilherme, instead of Guilherme.').waitFor()
    await slider.fill('0')
    await panel.getByRole('list', { name: 'Result with these weights' }).getByText('75.00 %').waitFor()
    await press(panel, 'Reset to the poll’s weights')
    expect(await slider.inputValue()).toBe('7000')
    await result.getByText('54.17 %').waitFor()
    expect(await pollNow(poll)).toMatchObject({ version, boxes: poll.boxes })
  })

  it('R8 several boxes each have a slider, and they keep the sum; a rehearsal has neither result nor slider', async () => {
    const boxes = [box('jury', 5_000), box('room', 3_000), box('fans', 2_000)]
    const poll = await opened({ boxes })
    await cast(poll, 'jury', 'renata')
    await cast(poll, 'fans', 'joao')
    const page = await moderator(at(poll), phone)
    await press(page, 'Try weights')
    await page.getByLabel('Weight of jury in %').fill('0')
    const sliders = page.getByRole('slider')
    const weights = async () => Promise.all((await sliders.all()).map(async (one) => one.inputValue()))
    expect(await weights()).toEqual(['0', '6000', '4000'])
    await page.getByText('João would win, instead of Renata.').waitFor()
    expect(await fits(page)).toBe(true)

    const rehearsal = await opened({ boxes, isRehearsal: true })
    await cast(rehearsal, 'jury', 'renata')
    await page.goto(`${door.url}/admin${at(rehearsal)}`)
    await page.getByText('A rehearsal has no result.').waitFor()
    await page.getByTestId('total').getByText('1', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Try weights' }).count()).toBe(0)
  })

  it('R9 a thousand polls are paged, searched and filtered by the gateway; reload and back keep the filter', async () => {
    const before = (await house.rows('select from polls where archived_at is null')).length
    const numbers = Array.from({ length: 1_000 }, (_, i) => i + 1)
    const left = [...numbers]
    const sow = async () => {
      for (let n = left.shift(); n !== undefined; n = left.shift()) {
        await make({ question: `Number ${n} of a thousand?`, slug: `thousand-${n}` })
      }
    }
    await Promise.all([sow(), sow(), sow(), sow()])
    const page = await moderator('/')
    const pages = page.getByRole('navigation', { name: 'Pages' })
    const all = Math.ceil((before + 1_000) / 25)
    await pages.getByText(`Page 1 of ${all}`).waitFor()
    const seen: string[] = []
    const slugs = () => page.locator('.poll-row-slug').allInnerTexts()
    for (let n = 1; n <= all; n++) {
      await pages.getByText(`Page ${n} of ${all}`).waitFor()
      await page.locator('.poll-page[aria-busy="false"]').waitFor()
      seen.push(...(await slugs()))
      if (n < all) await press(pages, 'Older →')
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength(before + 1_000)
    expect(await pages.getByRole('button', { name: 'Older →' }).isDisabled()).toBe(true)
    await press(pages, '← Newer')
    await pages.getByText(`Page ${all - 1} of ${all}`).waitFor()
    await page.reload()
    await pages.getByText(`Page ${all - 1} of ${all}`).waitFor()
    await page.locator('.poll-page[aria-busy="false"]').waitFor()
    expect(await slugs()).toEqual(seen.slice((all - 2) * 25, (all - 1) * 25))

    await page.keyboard.press('/')
    await page.keyboard.type('number 777')
    const wanted = page.getByRole('link', { name: 'Number 777 of a thousand?' })
    await wanted.waitFor()
    await page.getByText('1 poll found').waitFor({ state: 'attached' })
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Number 777 of a thousand?' }).waitFor()
    await page.goBack()
    await wanted.waitFor()
    expect(await page.getByRole('searchbox').inputValue()).toBe('number 777')
    await page.reload()
    await wanted.waitFor()
    await page.getByRole('searchbox').fill('no such words anywhere')
    await page.getByText('No poll fits').waitFor()
    await press(page, 'Show all polls')
    await page.getByRole('radio', { name: /^Open/ }).check()
    await page.locator('.poll-page[aria-busy="false"] .poll-row').first().waitFor()
    const states = page.locator('.poll-page[aria-busy="false"] .poll-row .badge')
    await until('only open polls are shown', async () => {
      const words = await states.allInnerTexts()
      return words.length > 0 && words.every((word) => word === 'Open')
    })
  }, 400_000)

  it('R10 without a line the list stays and says since when; it is live again by itself', async () => {
    const page = await moderator('/')
    await page.locator('.poll-row').first().waitFor()
    await page.context().setOffline(true)
    await page.getByText('No line to the gateway since').waitFor()
    expect(await page.locator('.poll-row').count()).toBe(25)
    await page.context().setOffline(false)
    await page.getByText('No line to the gateway since').waitFor({ state: 'hidden' })
    const fresh = await make({ question: 'Made after the line came back?' })
    await page.getByRole('link', { name: fresh.question }).waitFor()
  })

  it('R11 no page threw, and none asked for what the content security policy forbids', () => {
    expect(people.faults).toEqual([])
  })
})
