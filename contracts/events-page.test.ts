/** EV: what docs/events.md says is what crosses the wire. */
import { readFileSync } from 'node:fs'
import { expect, expectTypeOf, test } from 'vitest'
import type { z } from 'zod'
import { renderEventsPage } from './events-page.ts'
import { eventShapes, eventTypes, type EventType, type tallyChangedShape } from './events.ts'
import type { Tally } from './tally.ts'

const page = readFileSync(new URL('../docs/events.md', import.meta.url), 'utf8')
const isType = (text: string): text is EventType => Object.values<string>(eventTypes).includes(text)

test('EV1 each type has a sample on the page that is read as one, with every field that it must have', () => {
  const chapters = page.split('\n## `').slice(1)
  const types = chapters.map((chapter) => {
    const type = chapter.split('`')[0] ?? ''
    const sample: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(chapter)?.[1] ?? '')
    if (isType(type)) expect(eventShapes[type].parse(sample)).toMatchObject({ type })
    return type
  })
  expect(types).toEqual(Object.values(eventTypes))
})

test('EV2 each field has its words, and the page is the one that is generated', () => {
  const words = (text: string) => text.replaceAll(/-{2,}|[\s|]/g, '')
  // The page is formatted: its tables are padded, and short arrays stand in one line.
  expect(words(page)).toBe(words(renderEventsPage()))
})

test('EV3 the shape of a tally event is that of a tally', () => {
  expectTypeOf<z.infer<typeof tallyChangedShape>['data']>().toExtend<Tally>()
  expectTypeOf<keyof Tally>().toEqualTypeOf<keyof z.infer<typeof tallyChangedShape>['data']>()
})
