/** Asks the gateway, when the voter wishes, what became of a vote. */
import { useState } from 'react'
import type { UrnaClient } from '../../../contracts/client.ts'
import type { AskedVote, VoteStatus } from '../../../contracts/vote.ts'

export type ReceiptCheck = 'unasked' | 'asking' | 'failed' | VoteStatus['state']

/** One vote for the life of the component: give it a key by vote. */
export function useReceiptCheck(client: Pick<UrnaClient, 'trpc'>, asked: AskedVote) {
  const [check, setCheck] = useState<ReceiptCheck>('unasked')
  async function ask() {
    if (check === 'asking') return
    setCheck('asking')
    try {
      setCheck((await client.trpc.vote.status.query(asked)).state)
    } catch {
      setCheck('failed')
    }
  }
  return { check, ask: () => void ask() }
}
