import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Poll as PollModel } from '../poll.ts';
import type { Tally as TallyModel } from '../tally.ts';
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

export type BoxTally = {
  readonly __typename?: 'BoxTally';
  readonly boxId: Scalars['ID']['output'];
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
  readonly boxes: ReadonlyArray<BallotBox>;
  readonly closesAt?: Maybe<Scalars['DateTime']['output']>;
  readonly description: Scalars['String']['output'];
  readonly opensAt?: Maybe<Scalars['DateTime']['output']>;
  readonly options: ReadonlyArray<PollOption>;
  readonly pollId: Scalars['ID']['output'];
  readonly question: Scalars['String']['output'];
  readonly slug: Scalars['String']['output'];
  readonly state: PollState;
  /** Grows with every change of the poll. */
  readonly version: Scalars['Count']['output'];
};

export type PollOption = {
  readonly __typename?: 'PollOption';
  readonly colour?: Maybe<Scalars['String']['output']>;
  readonly optionId: Scalars['ID']['output'];
  readonly pictureUrl?: Maybe<Scalars['String']['output']>;
  readonly text: Scalars['String']['output'];
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
  /** Everyone: polls that are or were on air or are scheduled. With the admin token: drafts too. Newest first. */
  readonly polls: ReadonlyArray<Poll>;
  readonly tally?: Maybe<Tally>;
  readonly timeline: ReadonlyArray<TimelineEntry>;
};


export type QueryPollArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPollsArgs = {
  state?: InputMaybe<PollState>;
};


export type QueryTallyArgs = {
  pollId: Scalars['ID']['input'];
};


export type QueryTimelineArgs = {
  bucket?: TimelineBucket;
  pollId: Scalars['ID']['input'];
};

/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** Once a second. Needs the admin token. */
  readonly pipeline: Pipeline;
  readonly poll: Poll;
  /** All polls, whole, whenever one of them changes. Needs the admin token. */
  readonly polls: ReadonlyArray<Poll>;
  /** The polls that everyone may see, whole, whenever one of them changes. */
  readonly publicPolls: ReadonlyArray<Poll>;
  readonly tally: Tally;
};


/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type SubscriptionPollArgs = {
  pollId: Scalars['ID']['input'];
};


/** Each subscription begins with a snapshot; every later frame is the newest state, never a backlog. */
export type SubscriptionTallyArgs = {
  pollId: Scalars['ID']['input'];
};

/** The counts of a poll. A reader keeps the highest version that it has seen. */
export type Tally = {
  readonly __typename?: 'Tally';
  /** When the newest of these counts was stored; null before the first vote. */
  readonly asOf?: Maybe<Scalars['DateTime']['output']>;
  readonly boxes: ReadonlyArray<BoxTally>;
  readonly options: ReadonlyArray<OptionTally>;
  readonly pollId: Scalars['ID']['output'];
  readonly total: Scalars['Count']['output'];
  readonly version: Scalars['Count']['output'];
};

export type TimelineBucket =
  | 'HOUR'
  | 'MINUTE';

/** Votes counted whose acceptance fell into the bucket that begins `at`. */
export type TimelineEntry = {
  readonly __typename?: 'TimelineEntry';
  readonly at: Scalars['DateTime']['output'];
  readonly options: ReadonlyArray<OptionTally>;
  readonly total: Scalars['Count']['output'];
};

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
  BoxTally: ResolverTypeWrapper<BoxTally>;
  Count: ResolverTypeWrapper<Scalars['Count']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Hop: ResolverTypeWrapper<Hop>;
  HopName: HopName;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  OptionTally: ResolverTypeWrapper<OptionTally>;
  Pipeline: ResolverTypeWrapper<PipelineModel>;
  Poll: ResolverTypeWrapper<PollModel>;
  PollOption: ResolverTypeWrapper<PollOption>;
  PollState: PollState;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Tally: ResolverTypeWrapper<TallyModel>;
  TimelineBucket: TimelineBucket;
  TimelineEntry: ResolverTypeWrapper<TimelineEntry>;
  VoteLimit: ResolverTypeWrapper<VoteLimit>;
  VoterKind: VoterKind;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  BallotBox: BallotBox;
  Boolean: Scalars['Boolean']['output'];
  BoxTally: BoxTally;
  Count: Scalars['Count']['output'];
  DateTime: Scalars['DateTime']['output'];
  Float: Scalars['Float']['output'];
  Hop: Hop;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  OptionTally: OptionTally;
  Pipeline: PipelineModel;
  Poll: PollModel;
  PollOption: PollOption;
  Query: Record<PropertyKey, never>;
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
  boxes?: Resolver<ReadonlyArray<ResolversTypes['BallotBox']>, ParentType, ContextType>;
  closesAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  description?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  opensAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['PollOption']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  question?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  slug?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  state?: Resolver<ResolversTypes['PollState'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type PollOptionResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['PollOption'] = ResolversParentTypes['PollOption']> = {
  colour?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  optionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  pictureUrl?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  poll?: Resolver<Maybe<ResolversTypes['Poll']>, ParentType, ContextType, RequireFields<QueryPollArgs, 'id'>>;
  polls?: Resolver<ReadonlyArray<ResolversTypes['Poll']>, ParentType, ContextType, Partial<QueryPollsArgs>>;
  tally?: Resolver<Maybe<ResolversTypes['Tally']>, ParentType, ContextType, RequireFields<QueryTallyArgs, 'pollId'>>;
  timeline?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType, RequireFields<QueryTimelineArgs, 'bucket' | 'pollId'>>;
};

export type SubscriptionResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  pipeline?: SubscriptionResolver<ResolversTypes['Pipeline'], "pipeline", ParentType, ContextType>;
  poll?: SubscriptionResolver<ResolversTypes['Poll'], "poll", ParentType, ContextType, RequireFields<SubscriptionPollArgs, 'pollId'>>;
  polls?: SubscriptionResolver<ReadonlyArray<ResolversTypes['Poll']>, "polls", ParentType, ContextType>;
  publicPolls?: SubscriptionResolver<ReadonlyArray<ResolversTypes['Poll']>, "publicPolls", ParentType, ContextType>;
  tally?: SubscriptionResolver<ResolversTypes['Tally'], "tally", ParentType, ContextType, RequireFields<SubscriptionTallyArgs, 'pollId'>>;
};

export type TallyResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Tally'] = ResolversParentTypes['Tally']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  boxes?: Resolver<ReadonlyArray<ResolversTypes['BoxTally']>, ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type TimelineEntryResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['TimelineEntry'] = ResolversParentTypes['TimelineEntry']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type VoteLimitResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['VoteLimit'] = ResolversParentTypes['VoteLimit']> = {
  perSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Viewer> = {
  BallotBox?: BallotBoxResolvers<ContextType>;
  BoxTally?: BoxTallyResolvers<ContextType>;
  Count?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  Hop?: HopResolvers<ContextType>;
  OptionTally?: OptionTallyResolvers<ContextType>;
  Pipeline?: PipelineResolvers<ContextType>;
  Poll?: PollResolvers<ContextType>;
  PollOption?: PollOptionResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Tally?: TallyResolvers<ContextType>;
  TimelineEntry?: TimelineEntryResolvers<ContextType>;
  VoteLimit?: VoteLimitResolvers<ContextType>;
};

