/** Under which names a voter may stand in one poll. */
import type { BallotBox, PollRecord } from '../../contracts/poll.ts'
import { identityFor, type Voter } from './voter.ts'

interface KeyInPoll {
  readonly voters: BallotBox['voters']
  readonly key: string
}

/** One name for each kind of voters that the poll's boxes take, where this voter is one of them. */
export function keysInPoll(
  { keyVersion, pollId, boxes }: Pick<PollRecord, 'keyVersion' | 'pollId' | 'boxes'>,
  voter: Voter,
  voterKey: (keyVersion: number, pollId: string, voters: string, identity: string) => string,
): KeyInPoll[] {
  return [...new Set(boxes.map((box) => box.voters))].flatMap((voters) => {
    const identity = identityFor(voters, voter)
    return identity === null ? [] : { voters, key: voterKey(keyVersion, pollId, voters, identity) }
  })
}
