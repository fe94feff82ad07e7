/** Asks the gateway, when the voter wishes, what became of the vote behind a receipt. */
import { useState } from 'react'
import type { UrnaClient } from '../../../contracts/client.ts'
import type { VoteStatus } from '../../../contracts/vote.ts'

export type ReceiptCheck = 'unasked' | 'asking' | 'failed' | VoteStatus['state']

export function useReceiptCheck(client: Pick<UrnaClient, 'trpc' | 'keptVote'>, pollId: string) {
  const [check, setCheck] = useState<ReceiptCheck>('unasked')
  async function ask() {
    const voteId = client.keptVote(pollId)?.voteId
    if (voteId === undefined || check === 'asking') return
    setCheck('asking')
    try {
      setCheck((await client.trpc.vote.status.query({ pollId, voteId })).state)
    } catch {
      setCheck('failed')
    }
  }
  return { check, ask: () => void ask() }
}
