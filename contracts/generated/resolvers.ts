import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Poll as PollModel } from '../poll.ts';
import type { SeenTally as TallyModel } from '../../gateway/results/seen-tally.ts';
import type { PollPage as PollPageModel } from '../../gateway/polls/poll-pages.ts';
import type { Reconciliation as ReconciliationModel } from '../reconciliation.ts';
import type { Certification as CertificationModel } from '../certification.ts';
import type { Report as ReportModel } from '../read-model.ts';
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

/** accepted = counted + repeats + refused + rejected + waiting + lost; unexplained is what is left over. */
export type Books = {
  readonly __typename?: 'Books';
  readonly accepted: Scalars['Count']['output'];
  readonly counted: Scalars['Count']['output'];
  readonly lost: Scalars['Count']['output'];
  readonly refused: Scalars['Count']['output'];
  readonly rejected: Scalars['Count']['output'];
  readonly repeats: Scalars['Count']['output'];
  /** May be negative. */
  readonly unexplained: Scalars['Float']['output'];
  readonly waiting: Scalars['Count']['output'];
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

/** Where a poll stands on its way to a certified result. */
export type Certification = {
  readonly __typename?: 'Certification';
  /** What the admission let in in all, frozen when nobody could vote any more. */
  readonly admitted?: Maybe<Scalars['Count']['output']>;
  /** The anchor that certifies it. */
  readonly anchorNo?: Maybe<Scalars['Int']['output']>;
  readonly askedAt: Scalars['DateTime']['output'];
  readonly certifiedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When somebody last looked what is missing; null where nobody has. */
  readonly lookedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Sentences; empty once all is there. */
  readonly missing: ReadonlyArray<Scalars['String']['output']>;
  readonly pollId: Scalars['ID']['output'];
  /** What the ledger has received. */
  readonly received?: Maybe<Scalars['Count']['output']>;
};

/** One place where counted votes can be read. */
export type CountSource = {
  readonly __typename?: 'CountSource';
  readonly batches?: Maybe<Scalars['Count']['output']>;
  readonly fault?: Maybe<Scalars['String']['output']>;
  /** ledger, rows, shards, minutes, events, shown or readModel. */
  readonly name: Scalars['String']['output'];
  /** Null where it could not be read. */
  readonly votes?: Maybe<Scalars['Count']['output']>;
};

/** A number that is not what it should be. */
export type Drift = {
  readonly __typename?: 'Drift';
  /** Whether it is being put right by itself. */
  readonly heals: Scalars['Boolean']['output'];
  /** A sentence for a person. */
  readonly says: Scalars['String']['output'];
  readonly since: Scalars['DateTime']['output'];
  /** Found less expected. */
  readonly votes: Scalars['Float']['output'];
  readonly what: Scalars['String']['output'];
};

/** An event of the poll as it stands on Kafka. */
export type Event = {
  readonly __typename?: 'Event';
  readonly batchId?: Maybe<Scalars['ID']['output']>;
  /** The CloudEvent's data as JSON. */
  readonly data: Scalars['String']['output'];
  readonly id: Scalars['ID']['output'];
  readonly pollId: Scalars['ID']['output'];
  readonly time: Scalars['DateTime']['output'];
  readonly type: Scalars['String']['output'];
};

export type EventPage = {
  readonly __typename?: 'EventPage';
  readonly events: ReadonlyArray<Event>;
  /** Where the next page begins; null at the end. */
  readonly nextAfter?: Maybe<Scalars['ID']['output']>;
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

export type OutcomeCount = {
  readonly __typename?: 'OutcomeCount';
  /** repeat, refused or rejected. */
  readonly outcome: Scalars['String']['output'];
  readonly votes: Scalars['Count']['output'];
  readonly why: Scalars['String']['output'];
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
  /** Null until it was asked for. What is missing is told to those who may see the counts. */
  readonly certification?: Maybe<Certification>;
  /** What Kafka holds of a poll, oldest first, out of the read model; for those who may see the counts. Times are ISO 8601. */
  readonly events: EventPage;
  readonly poll?: Maybe<Poll>;
  /** Everyone: polls that are or were on air or are scheduled. With the admin token: drafts too. */
  readonly polls: PollPage;
  /** Null before the first look. Needs the admin token. */
  readonly reconciliation?: Maybe<Reconciliation>;
  /** For those who may see the counts. */
  readonly report?: Maybe<Report>;
  readonly tally?: Maybe<Tally>;
  /** Empty where nothing is shown. Hours are those of the poll's time zone; at most the newest week of minutes, two weeks of hours. Read at most once a second. */
  readonly timeline: ReadonlyArray<TimelineEntry>;
};


export type QueryCertificationArgs = {
  pollId: Scalars['ID']['input'];
};


export type QueryEventsArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  batchId?: InputMaybe<Scalars['ID']['input']>;
  first?: Scalars['Int']['input'];
  from?: InputMaybe<Scalars['DateTime']['input']>;
  pollId: Scalars['ID']['input'];
  to?: InputMaybe<Scalars['DateTime']['input']>;
  type?: InputMaybe<Scalars['String']['input']>;
};


export type QueryPollArgs = {
  id: Scalars['ID']['input'];
};


export type QueryPollsArgs = {
  after?: InputMaybe<Scalars['ID']['input']>;
  filter?: InputMaybe<PollFilter>;
  first?: Scalars['Int']['input'];
};


export type QueryReconciliationArgs = {
  pollId: Scalars['ID']['input'];
};


export type QueryReportArgs = {
  pollId: Scalars['ID']['input'];
};


export type QueryTallyArgs = {
  pollId: Scalars['ID']['input'];
};


export type QueryTimelineArgs = {
  bucket?: TimelineBucket;
  pollId: Scalars['ID']['input'];
};

/** The books of a poll, as the role reconcile found them at its last look. */
export type Reconciliation = {
  readonly __typename?: 'Reconciliation';
  readonly asOf: Scalars['DateTime']['output'];
  readonly books: Books;
  readonly drifts: ReadonlyArray<Drift>;
  readonly pollId: Scalars['ID']['output'];
  readonly sources: ReadonlyArray<CountSource>;
};

/** Out of the read model. */
export type Report = {
  readonly __typename?: 'Report';
  readonly asOf?: Maybe<Scalars['DateTime']['output']>;
  /** Votes by hour of the poll's time zone. */
  readonly hours: ReadonlyArray<ReportPoint>;
  readonly isRehearsal: Scalars['Boolean']['output'];
  /** What became of accepted votes that are not in the result. */
  readonly outcomes: ReadonlyArray<OutcomeCount>;
  /** The minute with the most votes. */
  readonly peak?: Maybe<ReportPoint>;
  readonly pollId: Scalars['ID']['output'];
  readonly question: Scalars['String']['output'];
  /** This poll and its earlier rounds, oldest first. */
  readonly rounds: ReadonlyArray<RoundCount>;
  /** For each box and minute with votes, what each option had by then. */
  readonly shares: ReadonlyArray<SharePoint>;
  readonly timeZone: Scalars['String']['output'];
  readonly total: Scalars['Count']['output'];
  /** How many voters have how many votes, told at certification; empty until then. */
  readonly voters: ReadonlyArray<VoterCount>;
};

export type ReportPoint = {
  readonly __typename?: 'ReportPoint';
  readonly at: Scalars['DateTime']['output'];
  readonly votes: Scalars['Count']['output'];
};

/** The weighted result. Shares are hundredths of a percent; they sum to 10,000 by the largest remainder. */
export type Result = {
  readonly __typename?: 'Result';
  readonly boxes: ReadonlyArray<BoxResult>;
  /** Best first; equals in the order of the poll. */
  readonly options: ReadonlyArray<OptionResult>;
};

export type RoundCount = {
  readonly __typename?: 'RoundCount';
  readonly options: ReadonlyArray<OptionTally>;
  readonly pollId: Scalars['ID']['output'];
  readonly round: Scalars['Int']['output'];
  readonly total: Scalars['Count']['output'];
};

export type SharePoint = {
  readonly __typename?: 'SharePoint';
  readonly at: Scalars['DateTime']['output'];
  readonly boxId: Scalars['ID']['output'];
  readonly options: ReadonlyArray<OptionTally>;
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

export type VoterCount = {
  readonly __typename?: 'VoterCount';
  readonly boxId: Scalars['ID']['output'];
  readonly voters: Scalars['Count']['output'];
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
  Books: ResolverTypeWrapper<Books>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  BoxResult: ResolverTypeWrapper<BoxResult>;
  BoxShare: ResolverTypeWrapper<BoxShare>;
  BoxTally: ResolverTypeWrapper<BoxTally>;
  Certification: ResolverTypeWrapper<CertificationModel>;
  Count: ResolverTypeWrapper<Scalars['Count']['output']>;
  CountSource: ResolverTypeWrapper<CountSource>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Drift: ResolverTypeWrapper<Drift>;
  Event: ResolverTypeWrapper<Event>;
  EventPage: ResolverTypeWrapper<EventPage>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  Hop: ResolverTypeWrapper<Hop>;
  HopName: HopName;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  OptionResult: ResolverTypeWrapper<OptionResult>;
  OptionTally: ResolverTypeWrapper<OptionTally>;
  OutcomeCount: ResolverTypeWrapper<OutcomeCount>;
  Pipeline: ResolverTypeWrapper<PipelineModel>;
  Poll: ResolverTypeWrapper<PollModel>;
  PollFilter: PollFilter;
  PollOption: ResolverTypeWrapper<PollOption>;
  PollPage: ResolverTypeWrapper<PollPageModel>;
  PollState: PollState;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Reconciliation: ResolverTypeWrapper<ReconciliationModel>;
  Report: ResolverTypeWrapper<ReportModel>;
  ReportPoint: ResolverTypeWrapper<ReportPoint>;
  Result: ResolverTypeWrapper<Result>;
  RoundCount: ResolverTypeWrapper<RoundCount>;
  SharePoint: ResolverTypeWrapper<SharePoint>;
  Shows: Shows;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Tally: ResolverTypeWrapper<TallyModel>;
  TimelineBucket: TimelineBucket;
  TimelineEntry: ResolverTypeWrapper<TimelineEntry>;
  Visibility: null;
  VoteLimit: ResolverTypeWrapper<VoteLimit>;
  VoterCount: ResolverTypeWrapper<VoterCount>;
  VoterKind: VoterKind;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  BallotBox: BallotBox;
  Books: Books;
  Boolean: Scalars['Boolean']['output'];
  BoxResult: BoxResult;
  BoxShare: BoxShare;
  BoxTally: BoxTally;
  Certification: CertificationModel;
  Count: Scalars['Count']['output'];
  CountSource: CountSource;
  DateTime: Scalars['DateTime']['output'];
  Drift: Drift;
  Event: Event;
  EventPage: EventPage;
  Float: Scalars['Float']['output'];
  Hop: Hop;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  OptionResult: OptionResult;
  OptionTally: OptionTally;
  OutcomeCount: OutcomeCount;
  Pipeline: PipelineModel;
  Poll: PollModel;
  PollFilter: PollFilter;
  PollOption: PollOption;
  PollPage: PollPageModel;
  Query: Record<PropertyKey, never>;
  Reconciliation: ReconciliationModel;
  Report: ReportModel;
  ReportPoint: ReportPoint;
  Result: Result;
  RoundCount: RoundCount;
  SharePoint: SharePoint;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  Tally: TallyModel;
  TimelineEntry: TimelineEntry;
  VoteLimit: VoteLimit;
  VoterCount: VoterCount;
};

export type BallotBoxResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['BallotBox'] = ResolversParentTypes['BallotBox']> = {
  boxId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  limit?: Resolver<Maybe<ResolversTypes['VoteLimit']>, ParentType, ContextType>;
  voters?: Resolver<ResolversTypes['VoterKind'], ParentType, ContextType>;
  weight?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BooksResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Books'] = ResolversParentTypes['Books']> = {
  accepted?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  counted?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  lost?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  refused?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  rejected?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  repeats?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  unexplained?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
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

export type CertificationResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Certification'] = ResolversParentTypes['Certification']> = {
  admitted?: Resolver<Maybe<ResolversTypes['Count']>, ParentType, ContextType>;
  anchorNo?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  askedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  certifiedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lookedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  missing?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  received?: Resolver<Maybe<ResolversTypes['Count']>, ParentType, ContextType>;
};

export interface CountScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Count'], any> {
  name: 'Count';
}

export type CountSourceResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['CountSource'] = ResolversParentTypes['CountSource']> = {
  batches?: Resolver<Maybe<ResolversTypes['Count']>, ParentType, ContextType>;
  fault?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  votes?: Resolver<Maybe<ResolversTypes['Count']>, ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DriftResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Drift'] = ResolversParentTypes['Drift']> = {
  heals?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  says?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  what?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EventResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Event'] = ResolversParentTypes['Event']> = {
  batchId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  data?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  time?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EventPageResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['EventPage'] = ResolversParentTypes['EventPage']> = {
  events?: Resolver<ReadonlyArray<ResolversTypes['Event']>, ParentType, ContextType>;
  nextAfter?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

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

export type OutcomeCountResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['OutcomeCount'] = ResolversParentTypes['OutcomeCount']> = {
  outcome?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  why?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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
  certification?: Resolver<Maybe<ResolversTypes['Certification']>, ParentType, ContextType, RequireFields<QueryCertificationArgs, 'pollId'>>;
  events?: Resolver<ResolversTypes['EventPage'], ParentType, ContextType, RequireFields<QueryEventsArgs, 'first' | 'pollId'>>;
  poll?: Resolver<Maybe<ResolversTypes['Poll']>, ParentType, ContextType, RequireFields<QueryPollArgs, 'id'>>;
  polls?: Resolver<ResolversTypes['PollPage'], ParentType, ContextType, RequireFields<QueryPollsArgs, 'first'>>;
  reconciliation?: Resolver<Maybe<ResolversTypes['Reconciliation']>, ParentType, ContextType, RequireFields<QueryReconciliationArgs, 'pollId'>>;
  report?: Resolver<Maybe<ResolversTypes['Report']>, ParentType, ContextType, RequireFields<QueryReportArgs, 'pollId'>>;
  tally?: Resolver<Maybe<ResolversTypes['Tally']>, ParentType, ContextType, RequireFields<QueryTallyArgs, 'pollId'>>;
  timeline?: Resolver<ReadonlyArray<ResolversTypes['TimelineEntry']>, ParentType, ContextType, RequireFields<QueryTimelineArgs, 'bucket' | 'pollId'>>;
};

export type ReconciliationResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Reconciliation'] = ResolversParentTypes['Reconciliation']> = {
  asOf?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  books?: Resolver<ResolversTypes['Books'], ParentType, ContextType>;
  drifts?: Resolver<ReadonlyArray<ResolversTypes['Drift']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sources?: Resolver<ReadonlyArray<ResolversTypes['CountSource']>, ParentType, ContextType>;
};

export type ReportResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Report'] = ResolversParentTypes['Report']> = {
  asOf?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  hours?: Resolver<ReadonlyArray<ResolversTypes['ReportPoint']>, ParentType, ContextType>;
  isRehearsal?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  outcomes?: Resolver<ReadonlyArray<ResolversTypes['OutcomeCount']>, ParentType, ContextType>;
  peak?: Resolver<Maybe<ResolversTypes['ReportPoint']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  question?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  rounds?: Resolver<ReadonlyArray<ResolversTypes['RoundCount']>, ParentType, ContextType>;
  shares?: Resolver<ReadonlyArray<ResolversTypes['SharePoint']>, ParentType, ContextType>;
  timeZone?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  voters?: Resolver<ReadonlyArray<ResolversTypes['VoterCount']>, ParentType, ContextType>;
};

export type ReportPointResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['ReportPoint'] = ResolversParentTypes['ReportPoint']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type ResultResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['Result'] = ResolversParentTypes['Result']> = {
  boxes?: Resolver<ReadonlyArray<ResolversTypes['BoxResult']>, ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionResult']>, ParentType, ContextType>;
};

export type RoundCountResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['RoundCount'] = ResolversParentTypes['RoundCount']> = {
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
  pollId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  round?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
};

export type SharePointResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['SharePoint'] = ResolversParentTypes['SharePoint']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  boxId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  options?: Resolver<ReadonlyArray<ResolversTypes['OptionTally']>, ParentType, ContextType>;
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

export type VoterCountResolvers<ContextType = Viewer, ParentType extends ResolversParentTypes['VoterCount'] = ResolversParentTypes['VoterCount']> = {
  boxId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  voters?: Resolver<ResolversTypes['Count'], ParentType, ContextType>;
  votes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Viewer> = {
  BallotBox?: BallotBoxResolvers<ContextType>;
  Books?: BooksResolvers<ContextType>;
  BoxResult?: BoxResultResolvers<ContextType>;
  BoxShare?: BoxShareResolvers<ContextType>;
  BoxTally?: BoxTallyResolvers<ContextType>;
  Certification?: CertificationResolvers<ContextType>;
  Count?: GraphQLScalarType;
  CountSource?: CountSourceResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Drift?: DriftResolvers<ContextType>;
  Event?: EventResolvers<ContextType>;
  EventPage?: EventPageResolvers<ContextType>;
  Hop?: HopResolvers<ContextType>;
  OptionResult?: OptionResultResolvers<ContextType>;
  OptionTally?: OptionTallyResolvers<ContextType>;
  OutcomeCount?: OutcomeCountResolvers<ContextType>;
  Pipeline?: PipelineResolvers<ContextType>;
  Poll?: PollResolvers<ContextType>;
  PollOption?: PollOptionResolvers<ContextType>;
  PollPage?: PollPageResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Reconciliation?: ReconciliationResolvers<ContextType>;
  Report?: ReportResolvers<ContextType>;
  ReportPoint?: ReportPointResolvers<ContextType>;
  Result?: ResultResolvers<ContextType>;
  RoundCount?: RoundCountResolvers<ContextType>;
  SharePoint?: SharePointResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Tally?: TallyResolvers<ContextType>;
  TimelineEntry?: TimelineEntryResolvers<ContextType>;
  Visibility?: VisibilityResolvers;
  VoteLimit?: VoteLimitResolvers<ContextType>;
  VoterCount?: VoterCountResolvers<ContextType>;
};

