/** What is done with the events of one type. */
import type { CommonQueryMethods } from 'slonik'
import type { z } from 'zod'
import type { Envelope } from '../../../contracts/events.ts'

/** What is known of an event before anything is done with it. */
export interface EventHead {
  readonly id: string
  readonly pollId: string
  readonly batchId: string | null
  /** Votes that it adds to the counts; null where it is none of votes. */
  readonly counted: number | null
}

/** The events of one type in one batch: read one by one, then applied together. */
export interface Gathering {
  /** Throws where it is not of the type's form. */
  readonly read: (event: unknown) => EventHead
  /** Applies those that were never applied before. */
  readonly apply: (tx: CommonQueryMethods, isNew: (id: string) => boolean) => Promise<void>
}

export type Deed = () => Gathering

/** `apply` is given events of which none was applied before, in the order in which they came. */
export function makeDeed<T extends { readonly id: string }>(its: {
  readonly shape: z.ZodType<T>
  readonly headOf: (event: T) => Omit<EventHead, 'id'>
  readonly apply: (tx: CommonQueryMethods, events: readonly T[]) => Promise<void>
}): Deed {
  return () => {
    const events = new Map<string, T>()
    return {
      read(raw) {
        const event = its.shape.parse(raw)
        // What lies twice in one batch is one event.
        events.set(event.id, event)
        return { id: event.id, ...its.headOf(event) }
      },
      async apply(tx, isNew) {
        const fresh = [...events.values()].filter(({ id }) => isNew(id))
        if (fresh.length > 0) await its.apply(tx, fresh)
      },
    }
  }
}

/** For events that are kept and otherwise ignored. */
export const keepOnly = (shape: z.ZodType<Envelope>): Deed =>
  makeDeed({
    shape,
    headOf: ({ subject }) => ({ pollId: subject, batchId: null, counted: null }),
    apply: async () => undefined,
  })
