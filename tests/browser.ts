/** Debian's Chromium in the hands of a test: each person has a context, so a memory, of their own. */
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { measurePages } from '../local/coverage/measure-pages.ts'

/** Null where the machine has none: `npm test` looks for it, and installs it where it may. */
export const chromiumPath = process.env['CHROMIUM_PATH'] || null

/** What the title of a skipped test says. */
export const whyNoBrowser = chromiumPath === null ? ' (skipped: CHROMIUM_PATH names no Chromium)' : ''

// It may run as root in a container, and may ask nothing of the world outside.
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface People extends AsyncDisposable {
  /** A page of a new person. Steps that find nothing say so long before the test's own time is over. */
  readonly come: (options?: BrowserContextOptions) => Promise<Page>
  /** What went wrong in any page: exceptions, and what the content security policy stopped. */
  readonly faults: readonly string[]
}

export async function openBrowser(): Promise<People> {
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath ?? '',
    args: quiet,
    timeout: 90_000,
  })
  const faults: string[] = []
  const measureInto = process.env['URNA_COVERAGE_DIR']
  const measured = measureInto ? measurePages(measureInto) : null
  return {
    faults,
    async come(options = {}) {
      const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce', ...options })
      context.setDefaultTimeout(60_000)
      const page = await context.newPage()
      await measured?.watch(page)
      page.on('pageerror', (error) => faults.push(String(error)))
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) faults.push(message.text())
      })
      return page
    },
    async [Symbol.asyncDispose]() {
      await measured?.write()
      await browser.close()
    },
  }
}

/** Marks the page that is there now; the answer tells whether it is still the same document, so never reloaded. */
export async function markPage(page: Page): Promise<() => Promise<boolean>> {
  await page.evaluate(() => document.documentElement.setAttribute('data-marked', ''))
  return () => page.evaluate(() => document.documentElement.hasAttribute('data-marked'))
}

/** Writes down every whole number that this element shows from now on. */
export async function recordNumbers(page: Page, selector: string): Promise<() => Promise<number[]>> {
  const read = await page.evaluateHandle((wanted) => {
    const seen: number[] = []
    const look = () => {
      const text = document.querySelector(wanted)?.textContent.replace(/\D/g, '') ?? ''
      if (text !== '' && seen.at(-1) !== Number(text)) seen.push(Number(text))
    }
    look()
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true })
    return seen
  }, selector)
  return () => read.jsonValue()
}
