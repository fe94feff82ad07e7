/** Asks the gateway, when the voter wishes, what became of a vote. */
import { useState } from 'react'
import type { UrnaClient } from '../../../contracts/client.ts'
import type { VoteStatus } from '../../../contracts/vote.ts'

export type ReceiptCheck =
  { readonly at: 'unasked' | 'asking' | 'failed' } | { readonly at: 'told'; readonly status: VoteStatus }

/** One vote for the life of the component: give it a key by vote. */
export function useReceiptCheck(
  client: Pick<UrnaClient, 'voteStatus'>,
  asked: Parameters<UrnaClient['voteStatus']>[0],
) {
  const [check, setCheck] = useState<ReceiptCheck>({ at: 'unasked' })
  async function ask() {
    if (check.at === 'asking') return
    setCheck({ at: 'asking' })
    try {
      setCheck({ at: 'told', status: await client.voteStatus(asked) })
    } catch {
      setCheck({ at: 'failed' })
    }
  }
  return { check, ask: () => void ask() }
}

export const isLost = (check: ReceiptCheck): boolean =>
  check.at === 'told' && check.status.state === 'unknown'
