/** Reads the messages of a batch as events, each by the deed of its type; what cannot be read is set aside. */
import { z } from 'zod'
import { envelopeShape } from '../../contracts/events.ts'
import { pollIdShape } from '../../contracts/ids.ts'
import type { EventHead, Gathering } from './deeds/deed.ts'
import { deedOf } from './registry.ts'

export interface Message {
  readonly offset: number
  /** Null: a topic that keeps the newest of a key was told to forget it. */
  readonly value: Buffer | null
}

export interface ReadEvent extends EventHead {
  readonly type: string
  readonly time: string
  /** As it came. */
  readonly message: string
}

export interface Unreadable {
  readonly message: Message
  readonly why: string
}

export interface ReadBatch {
  /** Each id once, in the order of the topic. */
  readonly events: readonly ReadEvent[]
  readonly gatherings: readonly Gathering[]
  readonly unreadable: readonly Unreadable[]
}

const headShape = z.object({
  pollId: pollIdShape,
  batchId: z.uuid().toLowerCase().nullable(),
  counted: z.int().nullable(),
})

/** `untilMs`: events of a later time are left out. */
export function readBatch(messages: readonly Message[], untilMs: number | null = null): ReadBatch {
  const events = new Map<string, ReadEvent>()
  const gatherings = new Map<string, Gathering>()
  const unreadable: Unreadable[] = []
  for (const message of messages) {
    if (message.value === null) continue
    try {
      const text = message.value.toString()
      const raw: unknown = JSON.parse(text)
      const { id, type, time } = envelopeShape.parse(raw)
      if (untilMs !== null && Date.parse(time) > untilMs) continue
      let gathering = gatherings.get(type)
      if (gathering === undefined) gatherings.set(type, (gathering = deedOf(type)()))
      const head = headShape.parse(gathering.read(raw))
      events.set(id, { id, ...head, type, time, message: text })
    } catch (error) {
      unreadable.push({ message, why: inOneLine(error) })
    }
  }
  return { events: [...events.values()], gatherings: [...gatherings.values()], unreadable }
}

export function inOneLine(error: unknown): string {
  if (error instanceof z.ZodError) {
    return error.issues
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('; ')
      .slice(0, 500)
  }
  return (error instanceof Error ? error.message : String(error)).replaceAll('\n', ' ').slice(0, 500)
}
