/** A receipt in the voter's own browser: from the queue to a signed anchor, and what a false one looks like. */
import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import type { OwnVote } from '../contracts/check-proof.ts'
import type { UrnaClient } from '../contracts/client.ts'
import type { Poll } from '../contracts/poll.ts'
import { readReceiptText } from '../contracts/read-receipt.ts'
import { receiptLink, receiptPath, receiptText } from '../contracts/receipt-text.ts'
import { redisKeys } from '../contracts/redis-keys.ts'
import { buildScreens } from '../local/screens.ts'
import { chromiumPath, markPage, openBrowser, whyNoBrowser, type People } from './browser.ts'
import { untilCounted } from './counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from './house.ts'

// The order matters: in the first rule nobody counts yet, in the second nobody anchors yet.
describe.skipIf(chromiumPath === null)(`a receipt in Chromium${whyNoBrowser}`, () => {
  const open = new AsyncDisposableStack()
  let house: House
  let door: Door
  let people: People
  let poll: Poll

  beforeAll(async () => {
    house = open.use(await startHouse())
    const uiDir = process.env['URNA_TEST_UI_DIR'] || join(house.dataDir, 'ui')
    mkdirSync(uiDir, { recursive: true })
    await buildScreens(dirname(import.meta.dirname), uiDir)
    door = await house.gateway({ env: { UI_DIR: uiDir } })
    people = open.use(await openBrowser())
    poll = await house.openPoll(door)
  }, 300_000)
  afterAll(async () => {
    await open.disposeAsync()
  })

  const come = () => people.come({ viewport: { width: 390, height: 844 }, acceptDownloads: true })
  const titleIs = (page: Page, name: string) => page.getByRole('heading', { level: 2, name }).waitFor()
  const marks = (page: Page) =>
    page.locator('.check').evaluateAll((steps) => steps.map((step) => step.getAttribute('data-mark')))
  const marksAre = async (page: Page, ...wanted: string[]) => {
    await until(wanted.join(' '), async () => (await marks(page)).join(' ') === wanted.join(' '))
  }
  const allHold = Array<string>(6).fill('holds')
  async function comeTo(vote: OwnVote): Promise<Page> {
    const page = await come()
    await page.goto(door.url + receiptLink(vote))
    return page
  }
  /** A vote of this voter as it is kept. */
  async function castBy(voter: UrnaClient, optionId = 'samba', voteId = uuidv7()): Promise<OwnVote> {
    const { pollId } = poll
    const answer = await voter.cast({ pollId, optionId, voteId })
    if (!answer.accepted) throw new Error(answer.reason)
    return { pollId, voteId, box: poll.boxes[0]?.boxId ?? '', optionId, receipt: answer.receipt }
  }

  it('EP1 leads from "your vote is in" to its way through queue, ledger and anchor, which the open page follows by itself', async () => {
    const page = await come()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url()))
    await page.goto(`${door.url}/p/${poll.slug}`)
    await page.getByRole('radio', { name: 'Samba' }).check()
    await page.getByRole('button', { name: 'Vote for Samba' }).click()
    await page.getByRole('heading', { name: 'Your vote is in.' }).waitFor()
    await page.getByRole('button', { name: 'Is it counted?' }).click()
    await page.getByText('on its way into the count').waitFor()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy the receipt' }).click()
    await page.getByRole('button', { name: 'Copied the receipt' }).waitFor()
    const copied = await page.evaluate(() => navigator.clipboard.readText())
    expect(asked.some((url) => url.includes('receipt-screen'))).toBe(false)

    await page.getByRole('link', { name: /^Check it/ }).click()
    await titleIs(page, 'Your vote is safe.')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Check a vote')
    await marksAre(page, 'holds', 'holds', 'waits', 'waits', 'waits', 'waits')
    const stayed = await markPage(page)
    await house.workers({ roles: ['persist'] })
    await titleIs(page, 'Your vote is counted.')
    await marksAre(page, 'holds', 'holds', 'holds', 'holds', 'waits', 'waits')
    await page.getByText('The next anchor is made within a minute').waitFor()
    const patient = await page.context().newPage()
    await patient.clock.install()
    await patient.goto(page.url())
    await patient.getByText('The next anchor is made within a minute').waitFor()
    await patient.clock.fastForward(130_000)
    await patient.getByText('The next anchor is late').waitFor()
    await patient.close()
    await house.workers({ roles: ['certify'], env: { ANCHOR_EVERY_MS: '200' } })
    await page.getByText('This device has checked it').waitFor()
    await marksAre(page, ...allHold)
    expect(await stayed()).toBe(true)
    // What says how somebody voted never travels in an address.
    const text = new URL(page.url()).hash.slice(1)
    expect(readReceiptText(text)?.optionId).toBe('samba')
    expect(readReceiptText(copied)).toEqual(readReceiptText(text))
    const own = readReceiptText(text)?.voteId ?? 'none'
    expect(asked.filter((url) => url.split('#')[0]?.includes(text))).toEqual([])
    expect(asked.filter((url) => url.includes(receiptPath) && url.includes(own))).toEqual([])
    // A receipt that names another place stays the voter's own, in the file and in the address.
    const kept = readReceiptText(text)
    if (kept === null) throw new Error('the page shows no receipt')
    const elsewhere = { ...kept, receipt: { batchId: uuidv7(), position: 0 } }
    await page.goto(door.url + receiptLink(elsewhere))
    await page.getByText('the vote lies here now. Keep your receipt.').waitFor()
    await page.locator('.receipt-place', { hasText: kept.receipt.batchId }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save receipt' }).click(),
    ])
    const saved = readFileSync(await download.path(), 'utf8')
    expect(readReceiptText(saved)).toEqual(elsewhere)
    expect(JSON.parse(saved)).toMatchObject({ liesNow: kept.receipt })
  })

  it('EP2 is checked on another device, by its link and by the file that was saved', async () => {
    const vote = await castBy(voterAt(door))
    const page = await comeTo(vote)
    await page.getByText('This device has checked it').waitFor()
    await page.locator('.receipt-place', { hasText: vote.receipt.batchId }).waitFor()
    await page.locator('.receipt-choice', { hasText: 'Samba' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save receipt' }).click(),
    ])
    const file = await download.path()
    const content = readFileSync(file, 'utf8')
    expect(readReceiptText(content)).toEqual(vote)
    // Enough to be checked by somebody who has never heard of us.
    const parts = { anchor: expect.any(Object) as unknown, head: expect.any(String) as unknown }
    expect(JSON.parse(content)).toMatchObject({
      ...{ state: 'counted', option: 'Samba', proof: parts },
      keys: [{ kid: vote.receipt.keyId }],
    })

    const other = await come()
    await other.goto(door.url + receiptPath)
    await other.getByLabel('Open a saved file').setInputFiles({
      ...{ name: 'receipt.json', mimeType: 'application/json' },
      buffer: Buffer.from(content),
    })
    await other.getByText('This device has checked it').waitFor()
    await marksAre(other, ...allHold)
    expect(other.url()).toBe(door.url + receiptLink(vote))
  })

  it('EP3 that was changed fails where it was changed, says so, and is nowhere called counted', async () => {
    const vote = await castBy(voterAt(door))
    await (await comeTo(vote)).getByText('This device has checked it').waitFor()
    const signature = vote.receipt.signature ?? ''
    const forged = signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))
    const changed: [OwnVote, number][] = [
      [{ ...vote, optionId: 'forro' }, 0],
      [{ ...vote, receipt: { ...vote.receipt, signature: forged } }, 1],
    ]
    for (const [other, failing] of changed) {
      const page = await comeTo(other)
      await titleIs(page, 'This does not add up.')
      expect((await marks(page)).indexOf('fails')).toBe(failing)
      expect((await marks(page)).slice(failing + 1).every((mark) => mark === 'unlooked')).toBe(true)
      await page.getByText('show it to the broadcaster').first().waitFor()
      expect(await page.getByText('Your vote is counted').count()).toBe(0)
    }
    // A vote that nobody cast, with the signature of another.
    const invented = await comeTo({ ...vote, voteId: uuidv7() })
    await titleIs(invented, 'This does not add up.')
  })

  it('EP4 that is none is told at once, pasted or in the address, and the next one is checked in its place', async () => {
    const vote = await castBy(voterAt(door))
    const page = await come()
    await page.goto(`${door.url}${receiptPath}#${receiptText(vote).slice(0, -30)}`)
    const fault = page.getByRole('alert').getByText('This is no receipt')
    await fault.waitFor()
    const field = page.getByLabel('Paste its link or its text')
    await field.fill('')
    await page.getByRole('button', { name: 'Check it' }).click()
    await page.getByText('Paste a receipt first.').waitFor()
    await field.fill('my receipt')
    await field.press('Tab')
    await page.keyboard.press('Enter')
    await fault.waitFor()
    await field.fill(` ${door.url}${receiptLink(vote)} `)
    expect(await fault.count()).toBe(0)
    await page.getByRole('button', { name: 'Check it' }).click()
    await page.getByText('This device has checked it').waitFor()
    await page.goBack()
    await fault.waitFor()
  })

  it('EP8 asked for below the fold brings the verdict into view and the focus to it, for the same receipt as well', async () => {
    const [vote, other] = [await castBy(voterAt(door)), await castBy(voterAt(door))]
    const page = await comeTo(vote)
    await page.getByText('This device has checked it').waitFor()
    expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true)
    const isAtVerdict = () =>
      page.evaluate(() => {
        const title = document.querySelector('#receipt-title')
        const { top, bottom } = title?.getBoundingClientRect() ?? { top: -1, bottom: -1 }
        return document.activeElement === title && top >= 0 && bottom <= innerHeight
      })
    for (const next of [other, other]) {
      await page.getByLabel('Paste its link or its text').fill(receiptText(next))
      await page.getByRole('button', { name: 'Check it' }).click()
      await until('the verdict has the focus', isAtVerdict)
      await page.getByText('This device has checked it').waitFor()
      expect(await isAtVerdict()).toBe(true)
      await page.getByRole('button', { name: 'Check it' }).scrollIntoViewIfNeeded()
    }
  })

  it('EP9 that Urna cannot answer is not called an offline device, and the check comes by itself', async () => {
    const vote = await castBy(voterAt(door))
    const page = await come()
    await page.route('**/.well-known/**', (route) => route.fulfill({ status: 503, body: 'busy' }))
    await page.goto(door.url + receiptLink(vote))
    await titleIs(page, 'Urna cannot answer this just now.')
    expect(await page.getByText('offline').count()).toBe(0)
    await page.unroute('**/.well-known/**')
    await page.route('**/.well-known/**', (route) => route.abort())
    await titleIs(page, 'We cannot reach Urna.')
    await page.unroute('**/.well-known/**')
    await page.getByText('That is what we say.').or(page.getByText('This device has checked it')).waitFor()
  })

  it('EP10 whose key is not known asks for newer keys once before it says so, and then claims nothing', async () => {
    const vote = await castBy(voterAt(door))
    const known = await comeTo(vote)
    await known.getByText('This device has checked it').waitFor()
    const page = await come()
    // The first answer is from before the key was published.
    let asked = 0
    await page.route('**/.well-known/**', (route) =>
      asked++ === 0 ? route.fulfill({ json: { keys: [] } }) : route.continue(),
    )
    await page.goto(door.url + receiptLink(vote))
    await page.getByText('This device has checked it').waitFor()
    expect(asked).toBe(2)

    const forged = { ...vote, receipt: { ...vote.receipt, keyId: 'A'.repeat(16) } }
    const invented = await comeTo(forged)
    await titleIs(invented, 'This cannot be checked yet.')
    await marksAre(invented, 'holds', 'unknown', 'holds', 'holds', 'holds', 'holds')
    expect(await invented.getByText(/Your vote is counted|This device has checked it/).count()).toBe(0)
    expect(await invented.locator('.receipt').getAttribute('data-tone')).toBe('unjudged')
  })

  it('EP5 of a vote that does not count says which one counts, and of a repeat where it lies', async () => {
    const voter = voterAt(door)
    const first = await castBy(voter)
    await untilCounted(house, poll.pollId, 8 + 1)
    await house.redis.del(redisKeys.memory(poll.pollId))
    const second = await castBy(voter, 'forro')
    const page = await comeTo(second)
    await titleIs(page, 'This vote does not count.')
    await marksAre(page, ...allHold)
    await page.locator('.receipt-place', { hasText: first.receipt.batchId }).waitFor()

    await house.redis.del(redisKeys.memory(poll.pollId))
    const again = await castBy(voter, 'samba', first.voteId)
    expect(again.receipt.batchId).not.toBe(first.receipt.batchId)
    const repeat = await comeTo(again)
    await titleIs(repeat, 'Your vote is counted, once.')
    await marksAre(repeat, ...allHold)
    await repeat.locator('.receipt-place', { hasText: first.receipt.batchId }).waitFor()
  })

  it('EP6 of a poll whose counts are hidden is called counted by our word alone, and proven once they are shown', async () => {
    const { admin } = adminAt(door).trpc
    const { pollId } = await admin.createPoll.mutate({
      ...{ question: 'Who leaves?', options: ['Ana', 'Rui'], visibility: 'after-close' },
    })
    poll = await admin.openPoll.mutate({ pollId })
    const vote = await castBy(voterAt(door), 'ana')
    await untilCounted(house, pollId, 1)
    const page = await comeTo(vote)
    await page.getByText('That is what we say.').waitFor()
    await marksAre(page, 'holds', 'holds', 'missing', 'missing', 'missing', 'missing')
    await admin.closePoll.mutate({ pollId })
    await page.reload()
    await page.getByText('This device has checked it').waitFor()
  })

  it('EP7 no page threw, and none asked for what the content security policy forbids', () => {
    expect(people.faults).toEqual([])
  })
})
