/** The polls as one gateway process knows them: what every reader in the process looks up, without a wait. */
import type { PollRecord } from '../../contracts/poll.ts'

export interface PollBook {
  /** Newest first: in the order of their pollIds, which grow with time. */
  readonly list: () => readonly PollRecord[]
  readonly byId: (pollId: string) => PollRecord | null
  readonly bySlug: (slug: string) => PollRecord | null
  /** Told after each change of a poll, null in place of a poll that was deleted; answers how to stop. */
  readonly onChange: (told: (pollId: string, poll: PollRecord | null) => void) => () => void
}

/** The book and the pen: `put` takes a poll unless it knows a newer one, `replaceAll` also drops what is missing. */
export interface PollBookPen {
  readonly put: (poll: PollRecord) => void
  readonly remove: (pollId: string) => void
  readonly replaceAll: (polls: readonly PollRecord[]) => void
}

export function makePollBook(): PollBook & PollBookPen {
  const byId = new Map<string, PollRecord>()
  const bySlug = new Map<string, PollRecord>()
  const told = new Set<(pollId: string, poll: PollRecord | null) => void>()
  let list: readonly PollRecord[] | null = null

  function put(poll: PollRecord): void {
    const known = byId.get(poll.pollId)
    if (known !== undefined && known.version >= poll.version) return
    if (known !== undefined) bySlug.delete(known.slug)
    byId.set(poll.pollId, poll)
    bySlug.set(poll.slug, poll)
    list = null
    for (const tell of told) tell(poll.pollId, poll)
  }

  function remove(pollId: string): void {
    const known = byId.get(pollId)
    if (known === undefined) return
    byId.delete(pollId)
    if (bySlug.get(known.slug) === known) bySlug.delete(known.slug)
    list = null
    for (const tell of told) tell(pollId, null)
  }

  return {
    list: () => (list ??= [...byId.values()].sort((a, b) => (a.pollId < b.pollId ? 1 : -1))),
    byId: (pollId) => byId.get(pollId) ?? null,
    bySlug: (slug) => bySlug.get(slug) ?? null,
    onChange(tell) {
      told.add(tell)
      return () => told.delete(tell)
    },
    put,
    remove,
    replaceAll(polls) {
      const standing = new Set(polls.map(({ pollId }) => pollId))
      for (const pollId of byId.keys()) if (!standing.has(pollId)) remove(pollId)
      polls.forEach(put)
    },
  }
}
