/** In a measured run: writes how often each part of our screens ran in the pages of a browser. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import type { BrowserContext, Page } from 'playwright-core'
import type { Script } from './raw-counts.ts'

// What takes a document away, and its counts with it.
const leaving = ['goto', 'reload', 'goBack', 'goForward', 'close'] as const

export interface MeasuredPages {
  readonly watch: (page: Page) => Promise<void>
  /** Writes what ran; to be called before the browser closes. */
  readonly write: () => Promise<void>
}

export function measurePages(folder: string): MeasuredPages {
  const scripts: Script[] = []
  const takes = new Set<() => Promise<void>>()
  const takeAll = async () => void (await Promise.all([...takes].map((take) => take())))

  async function watch(page: Page): Promise<void> {
    const session = await page.context().newCDPSession(page)
    await session.send('Profiler.enable')
    await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    const take = async () => {
      // A page that has gone meanwhile takes its counts along.
      const taken = await session.send('Profiler.takePreciseCoverage').catch(() => null)
      for (const { url, functions } of taken?.result ?? [])
        if (url.includes('/assets/')) scripts.push({ url, functions })
    }
    takes.add(take)
    page.once('close', () => takes.delete(take))
    for (const name of leaving) takeBefore(page, name, take)
    takeBefore(page.context(), 'close', takeAll)
  }

  return {
    watch,
    async write() {
      await takeAll()
      const name = `browser-${process.pid}-${Date.now()}.json.deflated`
      if (scripts.length > 0)
        writeFileSync(join(folder, name), deflateRawSync(JSON.stringify(scripts), { level: 1 }))
    },
  }
}

function takeBefore(target: Page | BrowserContext, name: string, take: () => Promise<void>): void {
  const leave: unknown = Reflect.get(target, name)
  if (typeof leave !== 'function') return
  Reflect.set(target, name, async (...args: unknown[]) => {
    await take()
    return Reflect.apply(leave, target, args) as unknown
  })
}
