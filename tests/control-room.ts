/** The control room of a house: moderators in a real browser, and the polls that they work on. */
import { mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { expect } from 'vitest'
import type { BallotBox, Poll } from '../contracts/poll.ts'
import { buildScreens } from '../local/screens.ts'
import { openBrowser, type People } from './browser.ts'
import { adminAt, secrets, startHouse, voterAt, type Door, type House } from './house.ts'

export const phone = { viewport: { width: 390, height: 844 } }
const desk = { viewport: { width: 1440, height: 900 } }

type Admin = ReturnType<typeof adminAt>['trpc']['admin']
type NewPoll = Parameters<Admin['createPoll']['mutate']>[0]

export interface ControlRoom extends AsyncDisposable {
  readonly house: House
  readonly door: Door
  readonly people: People
  readonly admin: Admin
  readonly pollNow: (poll: Pick<Poll, 'pollId'>) => Promise<Poll>
  readonly make: (more?: Partial<NewPoll>) => Promise<Poll>
  /** Made and opened. */
  readonly opened: (more?: Partial<NewPoll>) => Promise<Poll>
  /** One vote of a new voter for each of these options. */
  readonly cast: (poll: Poll, boxId: string, ...options: string[]) => Promise<void>
  /** A moderator in Berlin at this address of the control room. */
  readonly moderator: (path: string, options?: typeof desk) => Promise<Page>
}

/** workers: false where a rule starts them itself. */
export async function openControlRoom({ workers = true } = {}): Promise<ControlRoom> {
  await using stack = new AsyncDisposableStack()
  const house = stack.use(await startHouse())
  const uiDir = process.env['URNA_TEST_UI_DIR'] || join(house.dataDir, 'ui')
  mkdirSync(uiDir, { recursive: true })
  await buildScreens(dirname(import.meta.dirname), uiDir)
  const door = await house.gateway({ env: { UI_DIR: uiDir } })
  if (workers) await house.workers()
  const people = stack.use(await openBrowser())
  const whole = stack.move()
  const { admin, poll } = adminAt(door).trpc
  const make = (more: Partial<NewPoll> = {}) =>
    admin.createPoll.mutate({
      ...{ question: 'Who wins the final?', options: ['Renata', 'Guilherme', 'João'] },
      ...more,
    })
  return {
    ...{ house, door, people, admin, make },
    pollNow: ({ pollId }) => poll.byId.query({ pollId }),
    async opened(more = {}) {
      const { pollId } = await make(more)
      return admin.openPoll.mutate({ pollId })
    },
    async cast({ pollId }, boxId, ...options) {
      for (const optionId of options) {
        const answer = await voterAt(door).cast({ pollId, box: boxId, optionId })
        expect(answer.accepted).toBe(true)
      }
    },
    async moderator(path, options = desk) {
      const page = await people.come({ timezoneId: 'Europe/Berlin', ...options })
      await page.goto(`${door.url}/admin${path}#token=${secrets.ADMIN_TOKEN}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      await page.locator('.line-state.is-live').waitFor()
      return page
    },
    [Symbol.asyncDispose]: () => whole.disposeAsync(),
  }
}

/** A ballot box for anyone; votes null: unlimited. */
export const box = (boxId: string, weight: number, votes: number | null = 1): BallotBox => ({
  ...{ boxId, weight, voters: 'device' },
  limit: votes === null ? null : { votes, perSeconds: null },
})

export const at = ({ pollId }: Pick<Poll, 'pollId'>): string => `/polls/${pollId}`

export const press = (where: Page | Locator, name: string): Promise<void> =>
  where.getByRole('button', { name, exact: true }).click()

export const stateIs = (page: Page, state: string): Promise<void> =>
  page.locator('.poll-marks .badge', { hasText: state }).waitFor()

/** Nothing stands out of the page's side. */
export const fits = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)
