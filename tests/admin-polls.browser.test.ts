/** How moderators write polls and find them among many, in a real browser on a whole Urna. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, whyNoBrowser } from './browser.ts'
import { at, box, fits, openControlRoom, phone, press, stateIs, type ControlRoom } from './control-room.ts'
import { until } from './house.ts'

describe.skipIf(chromiumPath === null)(`the polls in the control room${whyNoBrowser}`, () => {
  let room: ControlRoom
  beforeAll(async () => {
    room = await openControlRoom()
  }, 300_000)
  afterAll(async () => {
    // Where it never opened, that is the fault to be told.
    if (chromiumPath !== null) await room[Symbol.asyncDispose]()
  })

  it('ER1 a moderator writes a poll of two boxes with limits, weights, secrecy and a time zone, and it is stored so', async () => {
    const page = await room.moderator('/polls/new')
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
    await stateIs(page, 'Scheduled')
    const pollId = page.url().split('/').at(-1) ?? ''
    expect(await room.pollNow({ pollId })).toMatchObject({
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

  it('ER2 what is wrong is told at its field after the first try, and goes while it is mended; the server’s word too', async () => {
    const taken = await room.make({ slug: 'the-taken-one' })
    const page = await room.moderator('/polls/new', phone)
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
    await stateIs(page, 'Draft')
  })

  it('ER3 after opening, options, boxes and address are text with the reason; texts and visibility still change', async () => {
    const poll = await room.opened({ boxes: [box('verified', 7_000), box('fans', 3_000, 50)] })
    const page = await room.moderator(`${at(poll)}/edit`, phone)
    const frozen = page.getByRole('region', { name: 'Frozen since it opened' })
    await frozen.getByText('Guilherme').waitFor()
    expect(await frozen.innerText()).toContain('fans: anyone, 50 votes in the whole poll, 30 % of the result')
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
    expect(await room.pollNow(poll)).toMatchObject({
      question: 'Who wins it?',
      visibility: 'after-close',
      boxes: poll.boxes,
    })
  })

  it('ER9 a thousand polls are paged, searched and filtered by the gateway; reload and back keep the filter', async () => {
    await room.opened({ question: 'One that is open?' })
    const before = (await room.house.rows('select from polls where archived_at is null')).length
    const numbers = Array.from({ length: 1_000 }, (_, i) => i + 1)
    const left = [...numbers]
    const sow = async () => {
      for (let n = left.shift(); n !== undefined; n = left.shift()) {
        await room.make({ question: `Number ${n} of a thousand?`, slug: `thousand-${n}` })
      }
    }
    await Promise.all([sow(), sow(), sow(), sow()])
    const page = await room.moderator('/')
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

  it('ER10 without a line the list stays and says since when; it is live again by itself', async () => {
    const page = await room.moderator('/')
    await page.locator('.poll-row').first().waitFor()
    const shown = await page.locator('.poll-row').count()
    await page.context().setOffline(true)
    await page.getByText('No line to the gateway since').waitFor()
    expect(await page.locator('.poll-row').count()).toBe(shown)
    await page.context().setOffline(false)
    await page.getByText('No line to the gateway since').waitFor({ state: 'hidden' })
    const fresh = await room.make({ question: 'Made after the line came back?' })
    await page.getByRole('link', { name: fresh.question }).waitFor()
  })

  it('ER12 no page threw, and none asked for what the content security policy forbids', () => {
    expect(room.people.faults).toEqual([])
  })
})
