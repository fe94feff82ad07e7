/** What moderators do to a poll and see of its votes, in a real browser on a whole Urna. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { chromiumPath, whyNoBrowser } from './browser.ts'
import { at, box, fits, openControlRoom, phone, press, stateIs, type ControlRoom } from './control-room.ts'
import { until } from './house.ts'

describe.skipIf(chromiumPath === null)(`the rules in the control room${whyNoBrowser}`, () => {
  let room: ControlRoom
  beforeAll(async () => {
    room = await openControlRoom()
  }, 300_000)
  afterAll(async () => {
    // Where it never opened, that is the fault to be told.
    if (chromiumPath !== null) await room[Symbol.asyncDispose]()
  })

  it('R4 a poll is opened until a time, extended, closed and opened again, each with its precondition told', async () => {
    const poll = await room.make({ timeZone: 'America/Sao_Paulo' })
    const page = await room.moderator(at(poll))
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
    await stateIs(page, 'Open')
    const first = Date.parse((await room.pollNow(poll)).closesAt ?? '')
    expect(Math.abs(first - Date.now() - 3_600_000)).toBeLessThan(120_000)
    const schedule = page.getByRole('region', { name: 'Schedule' })
    expect(await schedule.getByRole('timer').innerText()).toMatch(/^(1:00:00|\d\d:\d\d)$/)
    await schedule.getByText('for you').first().waitFor()
    await press(schedule, 'Extend by 15 min')
    const extended = await until('the poll closes 15 min later', async () => {
      const { closesAt } = await room.pollNow(poll)
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
    await stateIs(page, 'Closed')
    expect(await room.pollNow(poll)).toMatchObject({ state: 'closed', graceMs: 0 })
    await press(page, 'Open again')
    await press(dialog, 'Open again')
    await stateIs(page, 'Open')
    await schedule.getByText('It has no closing time that could be extended').waitFor()
    expect(await room.pollNow(poll)).toMatchObject({ state: 'open', closesAt: null })
  })

  it('R5 under embargo the room sees the turnout alone, until a moderator who was asked twice reveals the result', async () => {
    const boxes = [box('verified', 7_000), box('fans', 3_000)]
    const poll = await room.opened({ boxes, visibility: 'embargo' })
    await room.cast(poll, 'verified', 'renata', 'guilherme')
    await room.cast(poll, 'fans', 'guilherme')
    const page = await room.moderator(at(poll), phone)
    await page.getByTestId('total').getByText('3', { exact: true }).waitFor()
    await page.getByText('Under embargo.').waitFor()
    await page.getByText('A result can be revealed once the poll is over.').waitFor()
    expect(await page.getByRole('button', { name: 'Reveal result' }).count()).toBe(0)
    expect(await page.locator('main').innerText()).not.toContain('Guilherme')
    expect(await page.locator('.turnout-table').innerText()).toMatch(/verified\s+2\s+fans\s+1/)
    await room.admin.closePoll.mutate({ pollId: poll.pollId })
    await press(page, 'Reveal result')
    const dialog = page.getByRole('dialog')
    await dialog.getByText('From that moment on everyone sees').waitFor()
    await press(dialog, 'Keep it secret')
    expect((await room.pollNow(poll)).revealedAt).toBeNull()
    await press(page, 'Reveal result')
    await press(dialog, 'Reveal result')
    const result = page.getByRole('region', { name: 'Weighted result', exact: true })
    await result.getByText('65.00 %').waitFor()
    await page.getByText('votes that came now would know it').waitFor()
    expect(await page.getByRole('button', { name: 'Open again' }).count()).toBe(0)
    expect((await room.pollNow(poll)).revealedAt).not.toBeNull()
    expect(await fits(page)).toBe(true)
  })

  it('R6 a poll becomes a next round and a rehearsal, goes into the archive and comes back; one with votes stays', async () => {
    const poll = await room.opened({ question: 'The first round?' })
    const other = await room.make({ question: 'A poll that stays in the list?' })
    await room.cast(poll, 'audience', 'renata')
    await room.admin.closePoll.mutate({ pollId: poll.pollId })
    const page = await room.moderator(at(poll))
    const more = page.getByRole('region', { name: 'More' })
    await more.getByText('A poll with votes cannot be deleted').waitFor()
    expect(await more.getByRole('button', { name: 'Delete poll' }).count()).toBe(0)
    await press(more, 'Archive')
    await page.locator('.poll-marks').getByText('Archived').waitFor()
    await page.getByText('Archived: take it out of the archive first.').waitFor()
    expect(await page.getByRole('button', { name: 'Open again' }).count()).toBe(0)
    expect(await page.getByRole('link', { name: 'Edit' }).count()).toBe(0)
    await page.getByRole('link', { name: 'All polls' }).click()
    await page.getByRole('link', { name: other.question }).waitFor()
    expect(await page.getByRole('link', { name: 'The first round?' }).count()).toBe(0)
    await page.getByLabel('Shelf').selectOption('archive')
    await page.getByRole('link', { name: 'The first round?' }).click()
    await press(more, 'Take out of the archive')
    await page.locator('.poll-marks').getByText('Archived').waitFor({ state: 'detached' })

    await press(more, 'Duplicate as next round')
    await page.locator('.poll-marks').getByText('Round 2').waitFor()
    await stateIs(page, 'Draft')
    const roundId = page.url().split('/').at(-1) ?? ''
    expect(await room.pollNow({ pollId: roundId })).toMatchObject({
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
    expect(await room.pollNow({ pollId: rehearsalId })).toMatchObject({ isRehearsal: true, state: 'draft' })
    await page.getByRole('link', { name: 'All polls' }).click()
    await page.getByLabel('Shelf').selectOption('rehearsals')
    await page.locator('.poll-row', { hasText: 'Rehearsal' }).getByRole('link').click()
    await press(more, 'Delete poll')
    await press(page.getByRole('dialog'), 'Delete poll')
    await page.getByRole('heading', { level: 1, name: 'Polls' }).waitFor()
    await until('the rehearsal is gone', async () =>
      room.pollNow({ pollId: rehearsalId }).then(
        () => false,
        () => true,
      ),
    )
  })

  it('R7 other weights tried on the votes change the winner on this page and nothing that is stored', async () => {
    const poll = await room.opened({ boxes: [box('verified', 7_000), box('fans', 3_000)] })
    await room.cast(poll, 'verified', 'renata', 'guilherme', 'guilherme')
    const page = await room.moderator(at(poll))
    await page.getByText('No vote yet: its 30 % are passed on').waitFor()
    await page.getByText('Counts for 100 % now').waitFor()
    await room.cast(poll, 'fans', 'renata', 'renata', 'renata', 'guilherme')
    const result = page.getByRole('region', { name: 'Weighted result so far' })
    // 0.7 * 2/3 + 0.3 * 1/4, and 0.7 * 1/3 + 0.3 * 3/4.
    await result.getByText('54.17 %').waitFor()
    await result.getByText('45.83 %').waitFor()
    const first = await result.getByRole('listitem').first().innerText()
    expect(first).toMatch(/Guilherme[^]*verified 66\.67 %\s+fans 25\.00 %/)
    const version = (await room.pollNow(poll)).version
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
    expect(await room.pollNow(poll)).toMatchObject({ version, boxes: poll.boxes })
  })

  it('R8 several boxes each have a slider, and they keep the sum; a rehearsal has neither result nor slider', async () => {
    const boxes = [box('jury', 5_000), box('room', 3_000), box('fans', 2_000)]
    const poll = await room.opened({ boxes })
    await room.cast(poll, 'jury', 'renata')
    await room.cast(poll, 'fans', 'joao')
    const page = await room.moderator(at(poll), phone)
    await press(page, 'Try weights')
    await page.getByLabel('Weight of jury in %').fill('0')
    const sliders = page.getByRole('slider')
    const weights = async () => Promise.all((await sliders.all()).map(async (one) => one.inputValue()))
    expect(await weights()).toEqual(['0', '6000', '4000'])
    await page.getByText('João would win, instead of Renata.').waitFor()
    expect(await fits(page)).toBe(true)

    const rehearsal = await room.opened({ boxes, isRehearsal: true })
    await room.cast(rehearsal, 'jury', 'renata')
    await page.goto(`${room.door.url}/admin${at(rehearsal)}`)
    await page.getByText('A rehearsal has no result.').waitFor()
    await page.getByTestId('total').getByText('1', { exact: true }).waitFor()
    expect(await page.getByRole('button', { name: 'Try weights' }).count()).toBe(0)
  })

  it('R11 no page threw, and none asked for what the content security policy forbids', () => {
    expect(room.people.faults).toEqual([])
  })
})
