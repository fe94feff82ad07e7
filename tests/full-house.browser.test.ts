/** A voter before a full queue: the vote is kept, waits, and goes in by itself. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { v7 as uuidv7 } from 'uuid'
import { buildScreens } from '../local/screens.ts'
import { chromiumPath, markPage, openBrowser, whyNoBrowser, type People } from './browser.ts'
import { untilCounted } from './counts.ts'
import { adminAt, startHouse, until, voterAt, type Door, type House } from './house.ts'

// The least that a gateway takes: one whole group.
const mostWaiting = 500

describe.skipIf(chromiumPath === null)(`a full queue in Chromium${whyNoBrowser}`, () => {
  const open = new AsyncDisposableStack()
  let house: House
  let door: Door
  let people: People

  beforeAll(async () => {
    house = open.use(await startHouse())
    const uiDir = process.env['URNA_TEST_UI_DIR'] || join(house.dataDir, 'ui')
    mkdirSync(uiDir, { recursive: true })
    await buildScreens(dirname(import.meta.dirname), uiDir)
    door = await house.gateway({ env: { UI_DIR: uiDir, MOST_WAITING: String(mostWaiting) } })
    people = open.use(await openBrowser())
  }, 300_000)
  afterAll(async () => {
    await open.disposeAsync()
  })

  it('EF1 a voter whom a full queue sends away is told calmly, presses nothing, and is counted once there is room', async () => {
    const { admin } = adminAt(door).trpc
    const { pollId } = await admin.createPoll.mutate({
      ...{ question: 'Which dance?', options: ['Samba', 'Forro'] },
      boxes: [{ boxId: 'audience', voters: 'device', limit: null, weight: 10_000 }],
    })
    const poll = await admin.openPoll.mutate({ pollId })
    const crowd = voterAt(door)
    for (let sent = 0; sent < mostWaiting; sent += 50) {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => crowd.cast({ pollId, optionId: 'forro', voteId: uuidv7() })),
      )
      expect(answers.every(({ accepted }) => accepted)).toBe(true)
    }

    const page = await people.come({ viewport: { width: 390, height: 844 } })
    const sent = new Set<string>()
    const statuses: number[] = []
    page.on('response', (response) => {
      if (!response.url().includes('vote.cast')) return
      sent.add(/"voteId":"([^"]+)"/.exec(response.request().postData() ?? '')?.[1] ?? '')
      statuses.push(response.status())
    })
    await page.goto(`${door.url}/p/${poll.slug}`)
    await page.getByRole('radio', { name: 'Samba' }).check()
    await page.getByRole('button', { name: 'Vote for Samba' }).click()
    await page.getByText('Very many are voting just now.').waitFor()
    await page.getByText('Your vote is kept, and goes in by itself.').waitFor()
    const wait = page.getByRole('timer').getByText(/^We try again (in a moment|in about \d+ s)\.$/)
    await wait.waitFor()
    await until('it was sent again', async () => statuses.length >= 3)
    expect(await page.getByRole('button', { name: 'Sending your vote…' }).count()).toBe(1)
    expect(new Set(statuses)).toEqual(new Set([503]))
    const stayed = await markPage(page)

    await house.workers({ roles: ['persist'] })
    await page.getByText('Your vote for Samba is in.').waitFor()
    await untilCounted(house, pollId, mostWaiting + 1)
    expect(await wait.count()).toBe(0)
    expect(statuses.at(-1)).toBe(200)
    expect(sent.size).toBe(1)
    expect(await stayed()).toBe(true)
    expect(people.faults).toEqual([])
  })
})
