/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type HopName =
  /** Stored, not yet on Kafka (ledger rows). */
  | 'ledger'
  /** Accepted, not yet in Postgres (votes). */
  | 'queue';

/** Polls, newest first; what is not named does not narrow the list. */
export type PollFilter = {
  /** Only archived ones (true), or only those that are not (false, the default). */
  archived?: boolean | null | undefined;
  rehearsal?: boolean | null | undefined;
  /** Words that question, description, slug or options contain, in any case. */
  search?: string | null | undefined;
  state?: PollState | null | undefined;
};

export type PollState =
  | 'certified'
  | 'closed'
  | 'counting'
  | 'draft'
  | 'open'
  | 'scheduled';

/** What a reader may see of a tally now. */
export type Shows =
  | 'counts'
  | 'nothing'
  /** How many voted, not for what. */
  | 'turnout';

/** When the counts of a poll may be seen. */
export type Visibility =
  /** By everyone once the poll is closed. */
  | 'after_close'
  /** By who has voted, and by everyone once the poll is closed. */
  | 'after_vote'
  /** By nobody until they are revealed; moderators see the turnout alone. */
  | 'embargo'
  /** By everyone, always. */
  | 'live';

export type VoterKind =
  /** Anyone with a session. */
  | 'device'
  /** An identity that the broadcaster vouches for. */
  | 'verified';

export type BooksOfPollQueryVariables = Exact<{
  pollId: string | number;
}>;


export type BooksOfPollQuery = { reconciliation: { asOf: string, books: { accepted: number, counted: number, repeats: number, refused: number, rejected: number, waiting: number, lost: number, unexplained: number }, sources: Array<{ name: string, votes: number | null, batches: number | null, fault: string | null }>, drifts: Array<{ what: string, says: string, votes: number, since: string, heals: boolean }> } | null };

export type CertificationOfPollQueryVariables = Exact<{
  pollId: string | number;
}>;


export type CertificationOfPollQuery = { certification: { askedAt: string, admitted: number | null, received: number | null, missing: Array<string>, lookedAt: string | null, certifiedAt: string | null, anchorNo: number | null } | null };

export type PipelineFramesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PipelineFramesSubscription = { pipeline: { asOf: string, acceptedPerSecond: number, countedPerSecond: number, accepted: number, kafkaReachable: boolean | null, hops: Array<{ name: HopName, waiting: number, oldestMs: number }> } };

export type TimelineByMinuteQueryVariables = Exact<{
  pollId: string | number;
}>;


export type TimelineByMinuteQuery = { timeline: Array<{ at: string, total: number }> };

export type AdminPollFragment = { pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, graceMs: number, timeZone: string, visibility: Visibility, revealedAt: string | null, isRehearsal: boolean, archivedAt: string | null, round: number, previousPollId: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> };

export type TallyOnceQueryVariables = Exact<{
  pollId: string | number;
}>;


export type TallyOnceQuery = { tally: { pollId: string, pollVersion: number, version: number, shows: Shows, isRehearsal: boolean, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes: Array<{ boxId: string, total: number, options: Array<{ optionId: string, votes: number }> }> } | null };

export type PollCountsQueryVariables = Exact<{
  draft?: PollFilter | null | undefined;
  scheduled?: PollFilter | null | undefined;
  open?: PollFilter | null | undefined;
  closed?: PollFilter | null | undefined;
  counting?: PollFilter | null | undefined;
  certified?: PollFilter | null | undefined;
  onAir?: PollFilter | null | undefined;
}>;


export type PollCountsQuery = { draft: { total: number }, scheduled: { total: number }, open: { total: number }, closed: { total: number }, counting: { total: number }, certified: { total: number }, onAir: { total: number } };

export type OnePollSubscriptionVariables = Exact<{
  pollId: string | number;
}>;


export type OnePollSubscription = { poll: { pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, graceMs: number, timeZone: string, visibility: Visibility, revealedAt: string | null, isRehearsal: boolean, archivedAt: string | null, round: number, previousPollId: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> } };

export type PollsPageSubscriptionVariables = Exact<{
  filter?: PollFilter | null | undefined;
  first: number;
  after?: string | number | null | undefined;
}>;


export type PollsPageSubscription = { polls: { total: number, nextAfter: string | null, polls: Array<{ pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, graceMs: number, timeZone: string, visibility: Visibility, revealedAt: string | null, isRehearsal: boolean, archivedAt: string | null, round: number, previousPollId: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> }> } };

export type AdminTallySubscriptionVariables = Exact<{
  pollId: string | number;
}>;


export type AdminTallySubscription = { tally: { pollId: string, pollVersion: number, version: number, shows: Shows, isRehearsal: boolean, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes: Array<{ boxId: string, total: number, options: Array<{ optionId: string, votes: number }> }> } };

export type TallyPartsFragment = { pollId: string, pollVersion: number, version: number, shows: Shows, isRehearsal: boolean, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes: Array<{ boxId: string, total: number, options: Array<{ optionId: string, votes: number }> }> };

export type ReportOfPollQueryVariables = Exact<{
  pollId: string | number;
}>;


export type ReportOfPollQuery = { report: { asOf: string | null, timeZone: string, total: number, hours: Array<{ at: string, votes: number }>, peak: { at: string, votes: number } | null, shares: Array<{ boxId: string, at: string, options: Array<{ optionId: string, votes: number }> }>, outcomes: Array<{ outcome: string, why: string, votes: number }>, voters: Array<{ boxId: string, votes: number, voters: number }>, rounds: Array<{ pollId: string, round: number, total: number, options: Array<{ optionId: string, votes: number }> }> } | null };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const AdminPollFragmentDoc = new TypedDocumentString(`
    fragment AdminPoll on Poll {
  pollId
  slug
  question
  description
  state
  opensAt
  closesAt
  graceMs
  timeZone
  visibility
  revealedAt
  isRehearsal
  archivedAt
  round
  previousPollId
  version
  options {
    optionId
    text
    colour
    pictureUrl
  }
  boxes {
    boxId
    voters
    weight
    limit {
      votes
      perSeconds
    }
  }
}
    `, {"fragmentName":"AdminPoll"}) as unknown as TypedDocumentString<AdminPollFragment, unknown>;
export const TallyPartsFragmentDoc = new TypedDocumentString(`
    fragment TallyParts on Tally {
  pollId
  pollVersion
  version
  shows
  isRehearsal
  asOf
  total
  options {
    optionId
    votes
  }
  boxes {
    boxId
    total
    options {
      optionId
      votes
    }
  }
}
    `, {"fragmentName":"TallyParts"}) as unknown as TypedDocumentString<TallyPartsFragment, unknown>;
export const BooksOfPollDocument = new TypedDocumentString(`
    query BooksOfPoll($pollId: ID!) {
  reconciliation(pollId: $pollId) {
    asOf
    books {
      accepted
      counted
      repeats
      refused
      rejected
      waiting
      lost
      unexplained
    }
    sources {
      name
      votes
      batches
      fault
    }
    drifts {
      what
      says
      votes
      since
      heals
    }
  }
}
    `) as unknown as TypedDocumentString<BooksOfPollQuery, BooksOfPollQueryVariables>;
export const CertificationOfPollDocument = new TypedDocumentString(`
    query CertificationOfPoll($pollId: ID!) {
  certification(pollId: $pollId) {
    askedAt
    admitted
    received
    missing
    lookedAt
    certifiedAt
    anchorNo
  }
}
    `) as unknown as TypedDocumentString<CertificationOfPollQuery, CertificationOfPollQueryVariables>;
export const PipelineFramesDocument = new TypedDocumentString(`
    subscription PipelineFrames {
  pipeline {
    asOf
    acceptedPerSecond
    countedPerSecond
    accepted
    hops {
      name
      waiting
      oldestMs
    }
    kafkaReachable
  }
}
    `) as unknown as TypedDocumentString<PipelineFramesSubscription, PipelineFramesSubscriptionVariables>;
export const TimelineByMinuteDocument = new TypedDocumentString(`
    query TimelineByMinute($pollId: ID!) {
  timeline(pollId: $pollId, bucket: MINUTE) {
    at
    total
  }
}
    `) as unknown as TypedDocumentString<TimelineByMinuteQuery, TimelineByMinuteQueryVariables>;
export const TallyOnceDocument = new TypedDocumentString(`
    query TallyOnce($pollId: ID!) {
  tally(pollId: $pollId) {
    ...TallyParts
  }
}
    fragment TallyParts on Tally {
  pollId
  pollVersion
  version
  shows
  isRehearsal
  asOf
  total
  options {
    optionId
    votes
  }
  boxes {
    boxId
    total
    options {
      optionId
      votes
    }
  }
}`) as unknown as TypedDocumentString<TallyOnceQuery, TallyOnceQueryVariables>;
export const PollCountsDocument = new TypedDocumentString(`
    query PollCounts($draft: PollFilter, $scheduled: PollFilter, $open: PollFilter, $closed: PollFilter, $counting: PollFilter, $certified: PollFilter, $onAir: PollFilter) {
  draft: polls(filter: $draft, first: 1) {
    total
  }
  scheduled: polls(filter: $scheduled, first: 1) {
    total
  }
  open: polls(filter: $open, first: 1) {
    total
  }
  closed: polls(filter: $closed, first: 1) {
    total
  }
  counting: polls(filter: $counting, first: 1) {
    total
  }
  certified: polls(filter: $certified, first: 1) {
    total
  }
  onAir: polls(filter: $onAir, first: 1) {
    total
  }
}
    `) as unknown as TypedDocumentString<PollCountsQuery, PollCountsQueryVariables>;
export const OnePollDocument = new TypedDocumentString(`
    subscription OnePoll($pollId: ID!) {
  poll(pollId: $pollId) {
    ...AdminPoll
  }
}
    fragment AdminPoll on Poll {
  pollId
  slug
  question
  description
  state
  opensAt
  closesAt
  graceMs
  timeZone
  visibility
  revealedAt
  isRehearsal
  archivedAt
  round
  previousPollId
  version
  options {
    optionId
    text
    colour
    pictureUrl
  }
  boxes {
    boxId
    voters
    weight
    limit {
      votes
      perSeconds
    }
  }
}`) as unknown as TypedDocumentString<OnePollSubscription, OnePollSubscriptionVariables>;
export const PollsPageDocument = new TypedDocumentString(`
    subscription PollsPage($filter: PollFilter, $first: Int!, $after: ID) {
  polls(filter: $filter, first: $first, after: $after) {
    total
    nextAfter
    polls {
      ...AdminPoll
    }
  }
}
    fragment AdminPoll on Poll {
  pollId
  slug
  question
  description
  state
  opensAt
  closesAt
  graceMs
  timeZone
  visibility
  revealedAt
  isRehearsal
  archivedAt
  round
  previousPollId
  version
  options {
    optionId
    text
    colour
    pictureUrl
  }
  boxes {
    boxId
    voters
    weight
    limit {
      votes
      perSeconds
    }
  }
}`) as unknown as TypedDocumentString<PollsPageSubscription, PollsPageSubscriptionVariables>;
export const AdminTallyDocument = new TypedDocumentString(`
    subscription AdminTally($pollId: ID!) {
  tally(pollId: $pollId) {
    ...TallyParts
  }
}
    fragment TallyParts on Tally {
  pollId
  pollVersion
  version
  shows
  isRehearsal
  asOf
  total
  options {
    optionId
    votes
  }
  boxes {
    boxId
    total
    options {
      optionId
      votes
    }
  }
}`) as unknown as TypedDocumentString<AdminTallySubscription, AdminTallySubscriptionVariables>;
export const ReportOfPollDocument = new TypedDocumentString(`
    query ReportOfPoll($pollId: ID!) {
  report(pollId: $pollId) {
    asOf
    timeZone
    total
    hours {
      at
      votes
    }
    peak {
      at
      votes
    }
    shares {
      boxId
      at
      options {
        optionId
        votes
      }
    }
    outcomes {
      outcome
      why
      votes
    }
    voters {
      boxId
      votes
      voters
    }
    rounds {
      pollId
      round
      total
      options {
        optionId
        votes
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ReportOfPollQuery, ReportOfPollQueryVariables>;