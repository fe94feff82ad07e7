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

export type PollState =
  | 'certified'
  | 'closed'
  | 'counting'
  | 'draft'
  | 'open'
  | 'scheduled';

export type VoterKind =
  /** Anyone with a session. */
  | 'device'
  /** An identity that the broadcaster vouches for. */
  | 'verified';

export type PipelineFramesSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PipelineFramesSubscription = { pipeline: { asOf: string, acceptedPerSecond: number, countedPerSecond: number, accepted: number, kafkaReachable: boolean | null, hops: Array<{ name: HopName, waiting: number, oldestMs: number }> } };

export type TimelineByMinuteQueryVariables = Exact<{
  pollId: string | number;
}>;


export type TimelineByMinuteQuery = { timeline: Array<{ at: string, total: number }> };

export type AdminPollFragment = { pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> };

export type TallyOnceQueryVariables = Exact<{
  pollId: string | number;
}>;


export type TallyOnceQuery = { tally: { pollId: string, version: number, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes: Array<{ boxId: string, total: number }> } | null };

export type AllPollsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type AllPollsSubscription = { polls: { polls: Array<{ pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> }> } };

export type AdminTallySubscriptionVariables = Exact<{
  pollId: string | number;
}>;


export type AdminTallySubscription = { tally: { pollId: string, version: number, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes: Array<{ boxId: string, total: number }> } };

export type TallyPartsFragment = { pollId: string, version: number, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes: Array<{ boxId: string, total: number }> };

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
  version
  asOf
  total
  options {
    optionId
    votes
  }
  boxes {
    boxId
    total
  }
}
    `, {"fragmentName":"TallyParts"}) as unknown as TypedDocumentString<TallyPartsFragment, unknown>;
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
  version
  asOf
  total
  options {
    optionId
    votes
  }
  boxes {
    boxId
    total
  }
}`) as unknown as TypedDocumentString<TallyOnceQuery, TallyOnceQueryVariables>;
export const AllPollsDocument = new TypedDocumentString(`
    subscription AllPolls {
  polls(first: 100) {
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
}`) as unknown as TypedDocumentString<AllPollsSubscription, AllPollsSubscriptionVariables>;
export const AdminTallyDocument = new TypedDocumentString(`
    subscription AdminTally($pollId: ID!) {
  tally(pollId: $pollId) {
    ...TallyParts
  }
}
    fragment TallyParts on Tally {
  pollId
  version
  asOf
  total
  options {
    optionId
    votes
  }
  boxes {
    boxId
    total
  }
}`) as unknown as TypedDocumentString<AdminTallySubscription, AdminTallySubscriptionVariables>;