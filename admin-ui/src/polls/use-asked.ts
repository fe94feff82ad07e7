/** The filter of the list as it lies in the address: it survives a reload and the way back from a poll. */
import { useMemo } from 'react'
import { useSearch, useLocation } from 'wouter'
import { useHistoryState } from 'wouter/use-browser-location'
import { z } from 'zod'
import { addressOf, allPolls, askedFrom, type AskedPolls } from './asked-polls.ts'

export function useAsked(): AskedPolls {
  const search = useSearch()
  return useMemo(() => askedFrom(new URLSearchParams(search)), [search])
}

/** Where the pages before this one began; lies in the entry of the browser's history. */
const trailShape = z.object({ trail: z.array(z.string().nullable()) })

export interface Paging {
  readonly narrow: (narrow: Partial<Pick<AskedPolls, 'state' | 'words' | 'shelf'>>) => void
  readonly older: (nextAfter: string) => void
  /** Null on the first page; without a trail, by an address that was sent, it leads to the first page. */
  readonly newer: (() => void) | null
  readonly hasTrail: boolean
}

export function usePaging(asked: AskedPolls): Paging {
  const [, navigate] = useLocation()
  const state: unknown = useHistoryState()
  const trail = trailShape.safeParse(state).data?.trail ?? []
  const hasTrail = trail.length === asked.page - 1
  return {
    hasTrail,
    narrow: (narrow) =>
      navigate(`/${addressOf({ ...asked, ...narrow, after: null, page: 1 })}`, { replace: true }),
    older: (after) =>
      navigate(`/${addressOf({ ...asked, after, page: asked.page + 1 })}`, {
        state: { trail: hasTrail ? [...trail, asked.after] : [] },
      }),
    newer:
      asked.after === null
        ? null
        : () => {
            const after = hasTrail ? (trail.at(-1) ?? null) : null
            const page = after === null ? allPolls.page : asked.page - 1
            navigate(`/${addressOf({ ...asked, after, page })}`, { state: { trail: trail.slice(0, -1) } })
          },
  }
}
