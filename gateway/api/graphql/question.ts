/** What a subscription asks, as a word that is equal where two of them are. */
import type { Params } from './params.ts'
import { rightToSee } from './right-to-see.ts'
import type { Viewer } from './viewer.ts'

/**
 * Equal for viewers who ask for the same operation with the same variables and may see the same. Null where it cannot be
 * a subscription. Nothing here decides what is valid or who may see it: that an audience with the same key stands has
 * decided it. Extensions are read by nobody.
 */
export function keyOf({ query, operationName, variables }: Params, viewer: Viewer): string | null {
  if (!query.includes('subscription')) return null
  const sorted = Object.entries(variables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([rightToSee(viewer), query, operationName || null, sorted])
}
