/** The typed client as the screens need it. */
import { v7 as uuidv7 } from 'uuid'
import type { ClientStorage, UrnaClient } from '../../../contracts/client.ts'
import type { VoteClient } from './vote-client.ts'

/** Stands here until the client does all of this itself. */
export function clientVotes(client: UrnaClient, storage: ClientStorage): VoteClient {
  const keptVote: VoteClient['keptVote'] = (pollId, box) => {
    const kept = client.keptVote(pollId)
    return kept?.box === box ? kept : null
  }
  return {
    keptVote,
    cast({ another = false, ...choice }, signal) {
      const isDone = keptVote(choice.pollId, choice.box)?.receipt !== undefined
      return client.cast({ ...choice, ...(another && isDone && { voteId: uuidv7() }) }, signal)
    },
    async allowance(pollId) {
      if (client.session() === null) await client.startSession()
      return client.trpc.vote.allowance.query({ pollId })
    },
    async verify(identityToken) {
      // Its session is joined by who else starts one meanwhile; two that begin apart would end as either.
      if (client.session() === null) await client.startSession()
      const session = await client.trpc.session.verify.mutate({ identityToken })
      storage.setItem('urna.session', JSON.stringify(session))
    },
  }
}
