/** Where votes are between the voter and the screens: one frame a second for moderators. */
import { z } from 'zod'

/** waiting: how many wait at this hop. oldestMs: age of the one that waits longest, whole ms, 0 when none does. */
export const hopShape = z.object({ waiting: z.int(), oldestMs: z.int() })
export type Hop = z.infer<typeof hopShape>

/** queue: accepted, not yet in Postgres (votes). ledger: stored, not yet on Kafka (rows). */
export const hopNames = ['queue', 'ledger'] as const
export type HopName = (typeof hopNames)[number]

/** A publisher reports each second; one that has missed five is gone. */
export const reportHoldsMs = 5_000

/** What a publisher reports each second of the hop behind it. kafka: whether Kafka answers. at: epoch ms. */
export const publishReportShape = z.object({ at: z.number(), kafka: z.boolean(), hop: hopShape })
export type PublishReport = z.infer<typeof publishReportShape>
