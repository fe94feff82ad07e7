/** Who votes: a device, and perhaps a person whom the broadcaster vouches for. */
import type { BallotBox } from '../../contracts/poll.ts'

/** Ids are 32 hex digits. */
export interface Voter {
  readonly deviceId: string
  /** Null where nobody vouched for this session. */
  readonly verifiedId: string | null
}

/** Under which identity a voter votes in a box; null where the box wants one that this voter lacks. */
export const identityFor = (voters: BallotBox['voters'], voter: Voter): string | null =>
  voters === 'device' ? voter.deviceId : voter.verifiedId
