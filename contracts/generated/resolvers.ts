import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Poll as PollModel } from '../poll.ts';
import type { SeenTally as TallyModel } from '../../gateway/results/seen-tally.ts';
import type { PollPage as PollPageModel } from '../../gateway/polls/poll-pages.ts';
import type { Pipeline as PipelineModel } from '../../gateway/broadcast/pipeline-watch.ts';
import type { Viewer } from '../../gateway/api/graphql/viewer.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** A count of votes: a whole number up to 2^53 - 1 (Int ends at 2.1 thousand million). */
  Count: { input: number; output: number; }
  /** An instant as ISO 8601 in UTC. */
  DateTime: { input: string; output: string; }
};

/** One way to vote in a poll. */
export type BallotBox = {
  readonly __typename?: 'BallotBox';
  readonly boxId: Scalars['ID']['output'];
  /** Null: unlimited. */
  readonly limit?: Maybe<VoteLimit>;
  readonly voters: VoterKind;
  /** Share of the result in basis points; the boxes of a poll sum to 10,000. */
  readonly weight: Scalars['Int']['output'];
};

export type BoxResult = {
  readonly __typename?: 'BoxResult';
  readonly boxId: Scalars['ID']['output'];
  /** With the weight of boxes without votes passed on in proportion. */
  readonly effectiveWeight: Scalars['Int']['output'];
  readonly options: ReadonlyArray<BoxShare>;
  readonly weight: Scalars['Int']['output'];
};

export type BoxShare = {
  readonly __typename?: 'BoxShare';
  readonly optionId: Scalars['ID']['output'];
  /** Null where the box has no votes. */
  readonly share?: Maybe<Scalars['Int']['output']>;
};

export type BoxTally = {
  readonly __typename?: 'BoxTally';
  readonly boxId: Scalars['ID']['output'];
  /** Empty where the counts are not shown. */
  readonly options: ReadonlyArray<OptionTally>;
  readonly total: Scalars['Count']['output'];
};

export type Hop = {
  readonly __typename?: 'Hop';
  readonly name: HopName;
  /** Age of the one that waits longest, in milliseconds; 0 when none does. */
  readonly oldestMs: Scalars['Count']['output'];
  readonly waiting: Scalars['Count']['output'];
};

export type HopName =
  /** Stored, not yet on Kafka (ledger rows). */
  | 'ledger'
  /** Accepted, not yet in Postgres (votes). */
  | 'queue';

export type OptionResult = {
  readonly __typename?: 'OptionResult';
  /** Whether another option has exactly the same share. */
  readonly isTied: Scalars['Boolean']['output'];
  readonly optionId: Scalars['ID']['output'];
  /** 1 for the best; equals have the same rank. */
  readonly rank: Scalars['Int']['output'];
  /** Null before the first vote. */
  readonly share?: Maybe<Scalars['Int']['output']>;
};

export type OptionTally = {
  readonly __typename?: 'OptionTally';
  readonly optionId: Scalars['ID']['output'];
  readonly votes: Scalars['Count']['output'];
};

/** Where votes are between voter and screens. */
export type Pipeline = {
  readonly __typename?: 'Pipeline';
  /** Votes accepted in all. */
  readonly accepted: Scalars['Count']['output'];
  /** Votes accepted at the door in the last second, by all gateways. */
  readonly acceptedPerSecond: Scalars['Float']['output'];
  readonly asOf: Scalars['DateTime']['output'];
  /** Votes stored in the last second, by all workers. */
  readonly countedPerSecond: Scalars['Float']['output'];
  readonly hops: ReadonlyArray<Hop>;
  /** Whether Kafka answers the publishers; null: no publisher was heard of. */
  readonly kafkaReachable?: Maybe<Scalars['Boolean']['output']>;
};

/** A question with options and a schedule. */
export type Poll = {
  readonly __typename?: 'Poll';
  readonly archivedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly boxes: ReadonlyArray<BallotBox>;
  readonly closesAt?: Maybe<Scalars['DateTime']['output']>;
  readonly description: Scalars['String']['output'];
  /** How long after a scheduled close a vote may still come in, in milliseconds. */
  readonly graceMs: Scalars['Int']['output'];
  /** Its votes go the whole way and count for nothing: it has no result. */
  readonly isRehearsal: Scalars['Boolean']['output'];
  readonly opensAt?: Maybe<Scalars['DateTime']['output']>;
  readonly options: ReadonlyArray<PollOption>;
  readonly pollId: Scalars['ID']['output'];
  readonly previousPollId?: Maybe<Scalars['ID']['output']>;
  readonly question: Scalars['String']['output'];
  /** When an embargo was lifted. */
  readonly revealedAt?: Maybe<Scalars['DateTime']['output']>;
  /** 1, or for the next round of a poll one more than that poll's; a rehearsal has the round that it rehearses. */
  readonly round: Scalars['Int']['output'];
  readonly slug: Scalars['String']['output'];
  readonly state: PollState;
  /** The IANA time zone in which the hours of this poll are told. */
  readonly timeZone: Scalars['String']['output'];
  /** Grows with every change of the poll. */
  readonly version: Scalars['Count']['output'];
  readonly visibility: Visibility;
};

/** Polls, newest first; what is not named does not narrow the list. */
export type PollFilter = {
  /** Only archived ones (true), or only those that are not (false, the default). */
  readonly archived?: InputMaybe<Scalars['Boolean']['input']>;
  readonly rehearsal?: InputMaybe<Scalars['Boolean']['input']>;
  /** Words that question, description, slug or options contain, in any case. */
  readonly search?: InputMaybe<Scalars['String']['input']>;
  readonly state?: InputMaybe<PollState>;
};

export type PollOption = {
  readonly __typename?: 'PollOption';
  readonly colour?: Maybe<Scalars['String']['output']>;
  readonly optionId: Scalars['ID']['output'];
  readonly pictureUrl?: Maybe<Scalars['String']['output']>;
  readonly text: Scalars['String']['output'];
};

export type PollPage = {
  readonly __typename?: 'PollPage';
  /** Where the next page begins; null at the end. */
  readonly nextAfter?: Maybe<Scalars['ID']['output']>;
  readonly polls: ReadonlyArray<Poll>;
  /** How many the filter finds in all. */
  readonly total: Scalars['Count']['output'];
};

export type PollState =
  | 'certified'
  | 'closed'
  | 'counting'
  | 'draft'
  | 'open'
  | 'scheduled';

export type Query = {
  readonly __typename?: 'Query';
  readonly poll?: Maybe<Poll>;
  /** Everyone: polls that are or were on air or are scheduled. With the admin token: drafts too. */
  readonly polls: PollPage;
  readonly tally?: Maybe<Tally>;
  /** Empty where nothing is shown. Hours are those of the poll's time zone; at most the newest week of minutes, two weeks of hours. Read at most once a second. */
  readonly timeline: ReadonlyArray<TimelineEntry>;
};


export type QueryPollArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPollsArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  filter?: InputMaybe<PollFilter>;
  first?: Scalars['Int']['input'];
};


export type QueryTallyArgs = {
  pollId: Scalars['ID']['input'];
};


export type QueryTimelineArgs = {
  bucket?: TimelineBucket;
  pollId: Scalars['ID']['input'];
};

/** The weighted result. Shares are hundredths of a percent; they sum to 10,000 by the largest remainder. */
export type Result = {
  readonly __typename?: 'Result';
  readonly boxes: ReadonlyArray<BoxResult>;
  /** Best first; equals in the order of the poll. */
  readonly options: ReadonlyArray<OptionResult>;
};

/** What a reader may see of a tally now. */
export type Shows =
  | 'counts'
  | 'nothing'
  /** How many voted, not for what. */
  | 'turnout';

/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Once a second. Needs the admin token. */
  readonly pipeline: Pipeline;
  /** Completes when the poll is deleted or, for all but moderators, becomes a draft again. */
  readonly poll: Poll;
  /** A page of all polls, whenever one of them changes. Needs the admin token. */
  readonly polls: PollPage;
  /** The polls that everyone may see, at most the newest 100 that are not archived, whenever one of them changes. */
  readonly publicPolls: ReadonlyArray<Poll>;
  /**
   * Follows the poll's rule as it changes. That this viewer has voted is seen when it begins: who votes subscribes again.
   * It completes where a change makes it matter who has voted (after_vote, a poll that opens again): subscribe again.
   */
  readonly tally: Tally;
};


/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type SubscriptionPollArgs = {
  pollId: Scalars['ID']['input'];
};


/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type SubscriptionPollsArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  filter?: InputMaybe<PollFilter>;
  first?: Scalars['Int']['input'];
};


/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type SubscriptionTallyArgs = {
  pollId: Scalars['ID']['input'];
};

/** The counts of a poll. A reader keeps the frame with the highest pollVersion, among these the highest version. */
export type Tally = {
  readonly __typename?: 'Tally';
  /** When the newest of these counts was stored; null before the first vote, and where nothing is shown. */
  readonly asOf?: Maybe<Scalars['DateTime']['output']>;
  /** Empty where nothing is shown. */
  readonly boxes: ReadonlyArray<BoxTally>;
  readonly isRehearsal: Scalars['Boolean']['output'];
  /** Empty where the counts are not shown. */
  readonly options: ReadonlyArray<OptionTally>;
  readonly pollId: Scalars['ID']['output'];
  /** The version of the poll whose rules this frame obeys. */
  readonly pollVersion: Scalars['Count']['output'];
  /** Null where the counts are not shown, and for a rehearsal. */
  readonly result?: Maybe<Result>;
  readonly shows: Shows;
  /** Null where nothing is shown. */
  readonly total?: Maybe<Scalars['Count']['output']>;
  /** Grows with every batch that is counted; 0 where nothing is shown. */
  readonly version: Scalars['Count']['output'];
};


/** The counts of a poll. A reader keeps the frame with the highest pollVersion, among these the highest version. */
export type TallyResultArgs = {
  weights?: InputMaybe<ReadonlyArray<Scalars['Int']['input']>>;
};

export type TimelineBucket =
  | 'HOUR'
  | 'MINUTE';

/** Votes counted whose acceptance fell into the bucket that begins `at`. */
export type TimelineEntry = {
  readonly __typename?: 'TimelineEntry';
  readonly at: Scalars['DateTime']['output'];
  /** Empty where only the turnout is shown. */
  readonly options: ReadonlyArray<OptionTally>;
  readonly total: Scalars['Count']['output'];
};

/** When the counts of a poll may be seen. */
export type Visibility =
  /** By everyone once the poll is closed. */
  | 'after-close'
  /** By who has voted, and by everyone once the poll is closed. */
  | 'after-vote'
  /** By nobody until they are revealed; moderators see the turnout alone. */
  | 'embargo'
  /** By everyone, always. */
  | 'live';

export type VoteLimit = {
  readonly __typename?: 'VoteLimit';
  /** Null: in the whole poll. */
  readonly perSeconds?: Maybe<Scalars['Int']['output']>;
  readonly votes: Scalars['Int']['output'];
};

export type VoterKind =
  /** Anyone with a session. */
  | 'device'
  /** An identity that the broadcaster vouches for. */
  | 'verified';



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  BallotBox: ResolverTypeWrapper<BallotBox>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BoxResult: ResolverTypeWrapper<BoxResult>;
  BoxShare: ResolverTypeWrapper<BoxShare>;
  BoxTally: ResolverTypeWrapper<BoxTally>;
  Count: ResolverTypeWrapper<Scalars['Count']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Hop: ResolverTypeWrapper<Hop>;
  HopName: HopName;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  OptionResult: ResolverTypeWrapper<OptionResult>;
  OptionTally: ResolverTypeWrapper<OptionTally>;
  Pipeline: ResolverTypeWrapper<PipelineModel>;
  Poll: ResolverTypeWrapper<PollModel>;
  PollFilter: PollFilter;
  PollOption: ResolverTypeWrapper<PollOption>;
  PollPage: ResolverTypeWrapper<PollPageModel>;
  PollState: PollState;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Result: ResolverTypeWrapper<Result>;
  Shows: Shows;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Tally: ResolverTypeWrapper<TallyModel>;
  TimelineBucket: TimelineBucket;
  TimelineEntry: ResolverTypeWrapper<TimelineEntry>;
  Visibility: null;
  VoteLimit: ResolverTypeWrapper<VoteLimit>;
  VoterKind: VoterKind;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  BallotBox: BallotBox;
  Boolean: Scalars['Boolean']['output'];
  BoxResult: BoxResult;
  BoxShare: BoxShare;
  BoxTally: BoxTally;
  Count: Scalars['Count']['output'];
  DateTime: Scalars['DateTime']['output'];
  Float: Scalars['Float']['output'];
  Hop: Hop;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  OptionResult: OptionResult;
  OptionTally: OptionTally;
  Pipeline: PipelineModel;
  Poll: PollModel;
  PollFilter: PollFilter;
  PollOption: PollOption;
  PollPage: PollPageModel;
  Query: Record<PropertyKey, never>;
  Result: Result;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  Tally: TallyModel;
  TimelineEntry: TimelineEntry;
  VoteLimit: VoteLimit;
};

export type BallotBoxResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['BallotBox'] = ResolversParentTypes['BallotBox']> = {
  boxId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  limit?: Resolver<Maybe<ResolversTypes['VoteLimit']>, ParentType, ContextType>;
  voters?: Resolver<ResolversTypes['VoterKind'], ParentType, ContextType>;
  weight?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BoxResultResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['BoxResult'] = ResolversParentTypes['BoxResult']> = {
  boxId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  effectiveWeight?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['BoxShare']>, ParentType, ContextType>;
  weight?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BoxShareResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['BoxShare'] = ResolversParentTypes['BoxShare']> = {
  optionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  share?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type BoxTallyResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['BoxTally'] = ResolversParentTypes['BoxTally']> = {
  boxId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export interface CountScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Count'], any> {
  name: 'Count';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type HopResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Hop'] = ResolversParentTypes['Hop']> = {
  name?: Resolver<ResolversTypes['HopName'], ParentType, ContextType>;
  oldestMs?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type OptionResultResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['OptionResult'] = ResolversParentTypes['OptionResult']> = {
  isTied?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  optionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  share?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type OptionTallyResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['OptionTally'] = ResolversParentTypes['OptionTally']> = {
  optionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type PipelineResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Pipeline'] = ResolversParentTypes['Pipeline']> = {
  accepted?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  acceptedPerSecond?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  countedPerSecond?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  hops?: Resolver<ReadonlyArray<ResolversTypes['Hop']>, ParentType, ContextType>;
  kafkaReachable?: Resolver<Maybe<ResolversTypes['Boolean']>, ParentType, ContextType>;
};

export type PollResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Poll'] = ResolversParentTypes['Poll']> = {
  archivedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  boxes?: Resolver<ReadonlyArray<ResolversTypes['BallotBox']>, ParentType, ContextType>;
  closesAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  graceMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  isRehearsal?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  opensAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['PollOption']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  previousPollId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  question?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  revealedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  round?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  slug?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PollState'], ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  visibility?: Resolver<ResolversTypes['Visibility'], ParentType, ContextType>;
};

export type PollOptionResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['PollOption'] = ResolversParentTypes['PollOption']> = {
  colour?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  optionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  pictureUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PollPageResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['PollPage'] = ResolversParentTypes['PollPage']> = {
  nextAfter?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  polls?: Resolver<ReadonlyArray<ResolversTypes['Poll']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  poll?: Resolver<Maybe<ResolversTypes['Poll']>, ParentType, ContextType, RequireFields<QueryPollArgs, 'id'>>;
  polls?: Resolver<ResolversTypes['PollPage'], ParentType, ContextType, RequireFields<QueryPollsArgs, 'first'>>;
  tally?: Resolver<Maybe<ResolversTypes['Tally']>, ParentType, ContextType, RequireFields<QueryTallyArgs, 'pollId'>>;
  timeline?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType, RequireFields<QueryTimelineArgs, 'bucket' | 'pollId'>>;
};

export type ResultResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Result'] = ResolversParentTypes['Result']> = {
  boxes?: Resolver<ReadonlyArray<ResolversTypes['BoxResult']>, ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionResult']>, ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  pipeline?: SubscriptionResolver<ResolversTypes['Pipeline'], "pipeline", ParentType, ContextType>;
  poll?: SubscriptionResolver<ResolversTypes['Poll'], "poll", ParentType, ContextType, RequireFields<SubscriptionPollArgs, 'pollId'>>;
  polls?: SubscriptionResolver<ResolversTypes['PollPage'], "polls", ParentType, ContextType, RequireFields<SubscriptionPollsArgs, 'first'>>;
  publicPolls?: SubscriptionResolver<ReadonlyArray<ResolversTypes['Poll']>, "publicPolls", ParentType, ContextType>;
  tally?: SubscriptionResolver<ResolversTypes['Tally'], "tally", ParentType, ContextType, RequireFields<SubscriptionTallyArgs, 'pollId'>>;
};

export type TallyResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Tally'] = ResolversParentTypes['Tally']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  boxes?: Resolver<ReadonlyArray<ResolversTypes['BoxTally']>, ParentType, ContextType>;
  isRehearsal?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  pollVersion?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  result?: Resolver<Maybe<ResolversTypes['Result']>, ParentType, ContextType, Partial<TallyResultArgs>>;
  shows?: Resolver<ResolversTypes['Shows'], ParentType, ContextType>;
  total?: Resolver<Maybe<ResolversTypes['Count']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type TimelineEntryResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['TimelineEntry'] = ResolversParentTypes['TimelineEntry']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type VisibilityResolvers = { after_close: 'after-close', after_vote: 'after-vote', embargo?: 'embargo', live?: 'live' };

export type VoteLimitResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['VoteLimit'] = ResolversParentTypes['VoteLimit']> = {
  perSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Viewer> = {
  BallotBox?: BallotBoxResolvers<ContextType>;
  BoxResult?: BoxResultResolvers<ContextType>;
  BoxShare?: BoxShareResolvers<ContextType>;
  BoxTally?: BoxTallyResolvers<ContextType>;
  Count?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Hop?: HopResolvers<ContextType>;
  OptionResult?: OptionResultResolvers<ContextType>;
  OptionTally?: OptionTallyResolvers<ContextType>;
  Pipeline?: PipelineResolvers<ContextType>;
  Poll?: PollResolvers<ContextType>;
  PollOption?: PollOptionResolvers<ContextType>;
  PollPage?: PollPageResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Result?: ResultResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Tally?: TallyResolvers<ContextType>;
  TimelineEntry?: TimelineEntryResolvers<ContextType>;
  Visibility?: VisibilityResolvers;
  VoteLimit?: VoteLimitResolvers<ContextType>;
};

