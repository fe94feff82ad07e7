/** Every reason for which Urna refuses a call: its code, its HTTP status, and what to tell a person. */

/** status: HTTP status of the answer. again: whether the same call may succeed later as it is. */
interface Refusal {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 503
  readonly again: boolean
  readonly says: string
}

/** What the answer to `vote.cast` may name as `reason`. These are values: the call itself went well. */
export const voteRefusals = {
  'unknown-poll': { status: 404, again: false, says: 'There is no such poll.' },
  'unknown-option': { status: 404, again: false, says: 'This poll has no such option.' },
  'unknown-box': { status: 404, again: false, says: 'This poll has no such ballot box.' },
  'box-needed': {
    status: 400,
    again: false,
    says: 'This poll has several ballot boxes: name the one that the vote is for.',
  },
  'identity-needed': {
    status: 403,
    again: false,
    says: 'This ballot box takes votes of verified voters only: verify who you are first.',
  },
  'poll-not-open': { status: 409, again: true, says: 'This poll has not opened yet.' },
  'poll-closed': { status: 409, again: false, says: 'This poll is closed.' },
  'already-voted': { status: 409, again: false, says: 'You have already voted in this poll.' },
  'limit-reached': {
    status: 429,
    again: true,
    says: 'You have no vote left in this ballot box.',
  },
  'vote-id-reused': {
    status: 409,
    again: false,
    says: 'This voteId was used for another choice. Make a new voteId for a new vote.',
  },
  'queue-full': {
    status: 503,
    again: true,
    says: 'Too many votes are waiting. Send the same vote again a little later.',
  },
  unavailable: {
    status: 503,
    again: true,
    says: 'Votes cannot be taken for a moment. Send the same vote again a little later.',
  },
} as const satisfies Record<string, Refusal>

export type VoteRefusal = keyof typeof voteRefusals

/** What stops a call before it is judged: sent as an error, with this code in `data.reason`. */
export const callRefusals = {
  'session-missing': { status: 401, again: false, says: 'Start a session first: call session.start.' },
  'session-forged': { status: 401, again: false, says: 'This session token was not issued here.' },
  'session-expired': {
    status: 401,
    again: false,
    says: 'This session has expired: call session.start with it to renew it.',
  },
  'admin-token-needed': { status: 401, again: false, says: 'This call needs the admin token.' },
  'origin-refused': { status: 403, again: false, says: 'This origin may not call Urna.' },
  'bad-input': { status: 400, again: false, says: 'The input is not of the form that this call takes.' },
  'body-too-large': { status: 413, again: false, says: 'The body is larger than 16 kB.' },
  'media-type': { status: 415, again: false, says: 'Send the body as application/json.' },
  'method-not-allowed': { status: 405, again: false, says: 'This address does not take that method.' },
  'unknown-path': { status: 404, again: false, says: 'There is nothing at this address.' },
  'unknown-poll': voteRefusals['unknown-poll'],
  'identity-refused': {
    status: 401,
    again: false,
    says: 'This identity was not vouched for by anyone whom this server trusts.',
  },
  'poll-id-taken': { status: 409, again: false, says: 'There is, or was, a poll with this pollId already.' },
  'slug-taken': { status: 409, again: false, says: 'Another poll has this address already.' },
  'poll-frozen': {
    status: 409,
    again: false,
    says: 'Options, ballot boxes, limits, weights and the opening are frozen once a poll has opened.',
  },
  'poll-has-votes': { status: 409, again: false, says: 'A poll that was voted in cannot be deleted.' },
  'counts-hidden': {
    status: 403,
    again: true,
    says: 'The counts of this poll are not shown to you now.',
  },
  'poll-state': { status: 409, again: false, says: 'The poll is in a state that does not allow this.' },
  unavailable: voteRefusals.unavailable,
} as const satisfies Record<string, Refusal>

export type CallRefusal = keyof typeof callRefusals
