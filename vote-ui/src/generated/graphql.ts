/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
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

export type PollPartsFragment = { pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, graceMs: number, visibility: Visibility, revealedAt: string | null, isRehearsal: boolean, archivedAt: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> };

export type PollChangesSubscriptionVariables = Exact<{
  pollId: string | number;
}>;


export type PollChangesSubscription = { poll: { pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, graceMs: number, visibility: Visibility, revealedAt: string | null, isRehearsal: boolean, archivedAt: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> } };

export type PublicPollsSubscriptionVariables = Exact<{ [key: string]: never; }>;


export type PublicPollsSubscription = { publicPolls: Array<{ pollId: string, slug: string, question: string, description: string, state: PollState, opensAt: string | null, closesAt: string | null, graceMs: number, visibility: Visibility, revealedAt: string | null, isRehearsal: boolean, archivedAt: string | null, version: number, options: Array<{ optionId: string, text: string, colour: string | null, pictureUrl: string | null }>, boxes: Array<{ boxId: string, voters: VoterKind, weight: number, limit: { votes: number, perSeconds: number | null } | null }> }> };

export type TallyFramesSubscriptionVariables = Exact<{
  pollId: string | number;
  parts: boolean;
}>;


export type TallyFramesSubscription = { tally: { pollId: string, pollVersion: number, version: number, shows: Shows, asOf: string | null, total: number | null, options: Array<{ optionId: string, votes: number }>, boxes?: Array<{ boxId: string, total: number, options: Array<{ optionId: string, votes: number }> }> } };

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
export const PollPartsFragmentDoc = new TypedDocumentString(`
    fragment PollParts on Poll {
  pollId
  slug
  question
  description
  state
  opensAt
  closesAt
  graceMs
  visibility
  revealedAt
  isRehearsal
  archivedAt
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
    limit {
      votes
      perSeconds
    }
    weight
  }
}
    `, {"fragmentName":"PollParts"}) as unknown as TypedDocumentString<PollPartsFragment, unknown>;
export const PollChangesDocument = new TypedDocumentString(`
    subscription PollChanges($pollId: ID!) {
  poll(pollId: $pollId) {
    ...PollParts
  }
}
    fragment PollParts on Poll {
  pollId
  slug
  question
  description
  state
  opensAt
  closesAt
  graceMs
  visibility
  revealedAt
  isRehearsal
  archivedAt
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
    limit {
      votes
      perSeconds
    }
    weight
  }
}`) as unknown as TypedDocumentString<PollChangesSubscription, PollChangesSubscriptionVariables>;
export const PublicPollsDocument = new TypedDocumentString(`
    subscription PublicPolls {
  publicPolls {
    ...PollParts
  }
}
    fragment PollParts on Poll {
  pollId
  slug
  question
  description
  state
  opensAt
  closesAt
  graceMs
  visibility
  revealedAt
  isRehearsal
  archivedAt
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
    limit {
      votes
      perSeconds
    }
    weight
  }
}`) as unknown as TypedDocumentString<PublicPollsSubscription, PublicPollsSubscriptionVariables>;
export const TallyFramesDocument = new TypedDocumentString(`
    subscription TallyFrames($pollId: ID!, $parts: Boolean!) {
  tally(pollId: $pollId) {
    pollId
    pollVersion
    version
    shows
    asOf
    total
    options {
      optionId
      votes
    }
    boxes @include(if: $parts) {
      boxId
      total
      options {
        optionId
        votes
      }
    }
  }
}
    `) as unknown as TypedDocumentString<TallyFramesSubscription, TallyFramesSubscriptionVariables>;