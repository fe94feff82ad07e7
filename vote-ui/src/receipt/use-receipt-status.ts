/** Asks what became of a vote and by which keys that is checked, again and again while more is to come. */
import { useEffect, useState } from 'react'
import { backoffMs } from '../../../contracts/backoff.ts'
import type { OwnVote } from '../../../contracts/check-proof.ts'
import { told, type UrnaClient } from '../../../contracts/client.ts'
import { keysPath, keySetShape, type KeySet } from '../../../contracts/signing.ts'
import type { VoteStatus } from '../../../contracts/vote.ts'

export interface ReceiptAnswer {
  readonly status: VoteStatus
  readonly keys: KeySet
  /** The anchor is waited for longer than anchors take. */
  readonly isLate: boolean
}

export type ReceiptAsked =
  | { readonly at: 'asking' }
  /** The gateway does not take this for a receipt. */
  | { readonly at: 'refused' }
  /** No answer yet that is of use; it is asked again by itself. isHeard: somebody answered, but not what was asked. */
  | { readonly at: 'silent'; readonly isHeard: boolean }
  /** isOld: the last question found no answer. */
  | { readonly at: 'answered'; readonly answer: ReceiptAnswer; readonly isOld: boolean }

/** What the next answer may bring: the ledger's row, the anchor before it, or nothing more. */
export type Awaited = 'row' | 'anchor' | null

export function awaitedBy({ state, proof }: VoteStatus): Awaited {
  switch (state) {
    case 'queued':
      return 'row'
    case 'unknown':
      return null
    case 'counted':
    case 'repeat':
    case 'refused':
    case 'rejected':
      // Without a proof its poll shows no counts yet, or it cannot be made: neither ends within a minute.
      return proof?.anchor === null ? 'anchor' : null
    default:
      return state satisfies never
  }
}

// A row takes a second, an anchor up to a minute: the first is asked for sooner.
const waits = {
  row: { first: 1_000, longest: 10_000 },
  anchor: { first: 3_000, longest: 10_000 },
  silence: { first: 1_000, longest: 15_000 },
} as const

// Anchors are made within a minute; by then it is not a slow one but none.
const lateAfterMs = 120_000

// A key that was published this moment is known to every gateway by then.
const newKeysWithinMs = 1_500
const rest = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** Whether it is worth asking for the keys once more, past every cache. */
function namesUnknownKey({ receipt }: OwnVote, status: VoteStatus, { keys }: KeySet): boolean {
  const named = [receipt.keyId, status.receipt?.keyId, status.proof?.anchor?.keyId]
  return named.some((keyId) => keyId !== undefined && !keys.some(({ kid }) => kid === keyId))
}

/** One vote for the life of the component: give it a key by vote. */
export function useReceiptStatus(client: Pick<UrnaClient, 'voteStatus'>, own: OwnVote): ReceiptAsked {
  const [asked, setAsked] = useState<ReceiptAsked>({ at: 'asking' })
  useEffect(() => {
    const left = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    let isUnderWay = false
    let isDone = false
    let waitsFor: keyof typeof waits | null = null
    let tries = 0
    /** Since when nothing but the anchor is waited for, ms of a clock that only goes forward. */
    let anchorSince: number | null = null

    /** The wait grows while the same is waited for. */
    function askLater(what: keyof typeof waits) {
      tries = what === waitsFor ? tries + 1 : 1
      waitsFor = what
      timer = setTimeout(look, backoffMs(tries, waits[what]))
    }
    function fallSilent(isHeard: boolean) {
      setAsked((known) => (known.at === 'answered' ? { ...known, isOld: true } : { at: 'silent', isHeard }))
      askLater('silence')
    }
    async function ask() {
      const { pollId, voteId, receipt } = own
      try {
        const [status, published] = await Promise.all([
          client.voteStatus({ pollId, voteId, receipt }, left.signal),
          readKeys('no-cache', left.signal),
        ])
        let keys = published
        if (keys !== null && namesUnknownKey(own, status, keys)) {
          await rest(newKeysWithinMs)
          if (left.signal.aborted) return
          keys = await readKeys('reload', left.signal)
        }
        if (left.signal.aborted) return
        if (keys === null) return fallSilent(true)
        const awaited = awaitedBy(status)
        const now = performance.now()
        anchorSince = awaited === 'anchor' ? (anchorSince ?? now) : null
        const isLate = anchorSince !== null && now - anchorSince > lateAfterMs
        setAsked({ at: 'answered', answer: { status, keys, isLate }, isOld: false })
        isDone = awaited === null
        if (awaited !== null) askLater(awaited)
      } catch (error) {
        if (left.signal.aborted) return
        const { status } = told(error)
        isDone = status === 400
        if (isDone) return setAsked({ at: 'refused' })
        fallSilent(status !== null)
      }
    }
    function look() {
      clearTimeout(timer)
      if (isUnderWay || isDone || document.hidden) return
      isUnderWay = true
      void ask().finally(() => {
        isUnderWay = false
      })
    }
    document.addEventListener('visibilitychange', look, { signal: left.signal })
    window.addEventListener('online', look, { signal: left.signal })
    look()
    return () => {
      left.abort()
      clearTimeout(timer)
    }
  }, [client, own])
  return asked
}

/**
 * Asked afresh each time: an anchor may be signed by a key that is newer than this page. Null where the answer is no key
 * set; throws where there is none.
 */
async function readKeys(cache: RequestCache, signal: AbortSignal): Promise<KeySet | null> {
  const answer = await fetch(keysPath, { signal, cache })
  if (!answer.ok) return null
  const content: unknown = await answer.json().catch(() => null)
  return keySetShape.safeParse(content).data ?? null
}
