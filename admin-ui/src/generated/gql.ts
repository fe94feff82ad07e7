/* eslint-disable */
import * as types from './graphql.ts';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query BooksOfPoll($pollId: ID!) {\n    reconciliation(pollId: $pollId) {\n      asOf\n      books {\n        accepted\n        counted\n        repeats\n        refused\n        rejected\n        waiting\n        lost\n        unexplained\n      }\n      sources {\n        name\n        votes\n        batches\n        fault\n      }\n      drifts {\n        what\n        says\n        votes\n        since\n        heals\n      }\n    }\n  }\n": typeof types.BooksOfPollDocument,
    "\n  query CertificationOfPoll($pollId: ID!) {\n    certification(pollId: $pollId) {\n      askedAt\n      admitted\n      received\n      missing\n      lookedAt\n      certifiedAt\n      anchorNo\n    }\n  }\n": typeof types.CertificationOfPollDocument,
    "\n  subscription PipelineFrames {\n    pipeline {\n      asOf\n      acceptedPerSecond\n      countedPerSecond\n      accepted\n      hops {\n        name\n        waiting\n        oldestMs\n      }\n      kafkaReachable\n    }\n  }\n": typeof types.PipelineFramesDocument,
    "\n  query TimelineByMinute($pollId: ID!) {\n    timeline(pollId: $pollId, bucket: MINUTE) {\n      at\n      total\n    }\n  }\n": typeof types.TimelineByMinuteDocument,
    "\n  fragment AdminPoll on Poll {\n    pollId\n    slug\n    question\n    description\n    state\n    opensAt\n    closesAt\n    graceMs\n    timeZone\n    visibility\n    revealedAt\n    isRehearsal\n    archivedAt\n    round\n    previousPollId\n    version\n    options {\n      optionId\n      text\n      colour\n      pictureUrl\n    }\n    boxes {\n      boxId\n      voters\n      weight\n      limit {\n        votes\n        perSeconds\n      }\n    }\n  }\n": typeof types.AdminPollFragmentDoc,
    "\n  query TallyOnce($pollId: ID!) {\n    tally(pollId: $pollId) {\n      ...TallyParts\n    }\n  }\n": typeof types.TallyOnceDocument,
    "\n  query PollCounts(\n    $draft: PollFilter\n    $scheduled: PollFilter\n    $open: PollFilter\n    $closed: PollFilter\n    $counting: PollFilter\n    $certified: PollFilter\n    $onAir: PollFilter\n  ) {\n    draft: polls(filter: $draft, first: 1) {\n      total\n    }\n    scheduled: polls(filter: $scheduled, first: 1) {\n      total\n    }\n    open: polls(filter: $open, first: 1) {\n      total\n    }\n    closed: polls(filter: $closed, first: 1) {\n      total\n    }\n    counting: polls(filter: $counting, first: 1) {\n      total\n    }\n    certified: polls(filter: $certified, first: 1) {\n      total\n    }\n    onAir: polls(filter: $onAir, first: 1) {\n      total\n    }\n  }\n": typeof types.PollCountsDocument,
    "\n  subscription OnePoll($pollId: ID!) {\n    poll(pollId: $pollId) {\n      ...AdminPoll\n    }\n  }\n": typeof types.OnePollDocument,
    "\n  subscription PollsPage($filter: PollFilter, $first: Int!, $after: ID) {\n    polls(filter: $filter, first: $first, after: $after) {\n      total\n      nextAfter\n      polls {\n        ...AdminPoll\n      }\n    }\n  }\n": typeof types.PollsPageDocument,
    "\n  subscription AdminTally($pollId: ID!) {\n    tally(pollId: $pollId) {\n      ...TallyParts\n    }\n  }\n": typeof types.AdminTallyDocument,
    "\n  fragment TallyParts on Tally {\n    pollId\n    pollVersion\n    version\n    shows\n    isRehearsal\n    asOf\n    total\n    options {\n      optionId\n      votes\n    }\n    boxes {\n      boxId\n      total\n      options {\n        optionId\n        votes\n      }\n    }\n  }\n": typeof types.TallyPartsFragmentDoc,
    "\n  query ReportOfPoll($pollId: ID!) {\n    report(pollId: $pollId) {\n      asOf\n      timeZone\n      total\n      hours {\n        at\n        votes\n      }\n      peak {\n        at\n        votes\n      }\n      shares {\n        boxId\n        at\n        options {\n          optionId\n          votes\n        }\n      }\n      outcomes {\n        outcome\n        why\n        votes\n      }\n      voters {\n        boxId\n        votes\n        voters\n      }\n      rounds {\n        pollId\n        round\n        total\n        options {\n          optionId\n          votes\n        }\n      }\n    }\n  }\n": typeof types.ReportOfPollDocument,
};
const documents: Documents = {
    "\n  query BooksOfPoll($pollId: ID!) {\n    reconciliation(pollId: $pollId) {\n      asOf\n      books {\n        accepted\n        counted\n        repeats\n        refused\n        rejected\n        waiting\n        lost\n        unexplained\n      }\n      sources {\n        name\n        votes\n        batches\n        fault\n      }\n      drifts {\n        what\n        says\n        votes\n        since\n        heals\n      }\n    }\n  }\n": types.BooksOfPollDocument,
    "\n  query CertificationOfPoll($pollId: ID!) {\n    certification(pollId: $pollId) {\n      askedAt\n      admitted\n      received\n      missing\n      lookedAt\n      certifiedAt\n      anchorNo\n    }\n  }\n": types.CertificationOfPollDocument,
    "\n  subscription PipelineFrames {\n    pipeline {\n      asOf\n      acceptedPerSecond\n      countedPerSecond\n      accepted\n      hops {\n        name\n        waiting\n        oldestMs\n      }\n      kafkaReachable\n    }\n  }\n": types.PipelineFramesDocument,
    "\n  query TimelineByMinute($pollId: ID!) {\n    timeline(pollId: $pollId, bucket: MINUTE) {\n      at\n      total\n    }\n  }\n": types.TimelineByMinuteDocument,
    "\n  fragment AdminPoll on Poll {\n    pollId\n    slug\n    question\n    description\n    state\n    opensAt\n    closesAt\n    graceMs\n    timeZone\n    visibility\n    revealedAt\n    isRehearsal\n    archivedAt\n    round\n    previousPollId\n    version\n    options {\n      optionId\n      text\n      colour\n      pictureUrl\n    }\n    boxes {\n      boxId\n      voters\n      weight\n      limit {\n        votes\n        perSeconds\n      }\n    }\n  }\n": types.AdminPollFragmentDoc,
    "\n  query TallyOnce($pollId: ID!) {\n    tally(pollId: $pollId) {\n      ...TallyParts\n    }\n  }\n": types.TallyOnceDocument,
    "\n  query PollCounts(\n    $draft: PollFilter\n    $scheduled: PollFilter\n    $open: PollFilter\n    $closed: PollFilter\n    $counting: PollFilter\n    $certified: PollFilter\n    $onAir: PollFilter\n  ) {\n    draft: polls(filter: $draft, first: 1) {\n      total\n    }\n    scheduled: polls(filter: $scheduled, first: 1) {\n      total\n    }\n    open: polls(filter: $open, first: 1) {\n      total\n    }\n    closed: polls(filter: $closed, first: 1) {\n      total\n    }\n    counting: polls(filter: $counting, first: 1) {\n      total\n    }\n    certified: polls(filter: $certified, first: 1) {\n      total\n    }\n    onAir: polls(filter: $onAir, first: 1) {\n      total\n    }\n  }\n": types.PollCountsDocument,
    "\n  subscription OnePoll($pollId: ID!) {\n    poll(pollId: $pollId) {\n      ...AdminPoll\n    }\n  }\n": types.OnePollDocument,
    "\n  subscription PollsPage($filter: PollFilter, $first: Int!, $after: ID) {\n    polls(filter: $filter, first: $first, after: $after) {\n      total\n      nextAfter\n      polls {\n        ...AdminPoll\n      }\n    }\n  }\n": types.PollsPageDocument,
    "\n  subscription AdminTally($pollId: ID!) {\n    tally(pollId: $pollId) {\n      ...TallyParts\n    }\n  }\n": types.AdminTallyDocument,
    "\n  fragment TallyParts on Tally {\n    pollId\n    pollVersion\n    version\n    shows\n    isRehearsal\n    asOf\n    total\n    options {\n      optionId\n      votes\n    }\n    boxes {\n      boxId\n      total\n      options {\n        optionId\n        votes\n      }\n    }\n  }\n": types.TallyPartsFragmentDoc,
    "\n  query ReportOfPoll($pollId: ID!) {\n    report(pollId: $pollId) {\n      asOf\n      timeZone\n      total\n      hours {\n        at\n        votes\n      }\n      peak {\n        at\n        votes\n      }\n      shares {\n        boxId\n        at\n        options {\n          optionId\n          votes\n        }\n      }\n      outcomes {\n        outcome\n        why\n        votes\n      }\n      voters {\n        boxId\n        votes\n        voters\n      }\n      rounds {\n        pollId\n        round\n        total\n        options {\n          optionId\n          votes\n        }\n      }\n    }\n  }\n": types.ReportOfPollDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BooksOfPoll($pollId: ID!) {\n    reconciliation(pollId: $pollId) {\n      asOf\n      books {\n        accepted\n        counted\n        repeats\n        refused\n        rejected\n        waiting\n        lost\n        unexplained\n      }\n      sources {\n        name\n        votes\n        batches\n        fault\n      }\n      drifts {\n        what\n        says\n        votes\n        since\n        heals\n      }\n    }\n  }\n"): typeof import('./graphql.ts').BooksOfPollDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query CertificationOfPoll($pollId: ID!) {\n    certification(pollId: $pollId) {\n      askedAt\n      admitted\n      received\n      missing\n      lookedAt\n      certifiedAt\n      anchorNo\n    }\n  }\n"): typeof import('./graphql.ts').CertificationOfPollDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription PipelineFrames {\n    pipeline {\n      asOf\n      acceptedPerSecond\n      countedPerSecond\n      accepted\n      hops {\n        name\n        waiting\n        oldestMs\n      }\n      kafkaReachable\n    }\n  }\n"): typeof import('./graphql.ts').PipelineFramesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TimelineByMinute($pollId: ID!) {\n    timeline(pollId: $pollId, bucket: MINUTE) {\n      at\n      total\n    }\n  }\n"): typeof import('./graphql.ts').TimelineByMinuteDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AdminPoll on Poll {\n    pollId\n    slug\n    question\n    description\n    state\n    opensAt\n    closesAt\n    graceMs\n    timeZone\n    visibility\n    revealedAt\n    isRehearsal\n    archivedAt\n    round\n    previousPollId\n    version\n    options {\n      optionId\n      text\n      colour\n      pictureUrl\n    }\n    boxes {\n      boxId\n      voters\n      weight\n      limit {\n        votes\n        perSeconds\n      }\n    }\n  }\n"): typeof import('./graphql.ts').AdminPollFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TallyOnce($pollId: ID!) {\n    tally(pollId: $pollId) {\n      ...TallyParts\n    }\n  }\n"): typeof import('./graphql.ts').TallyOnceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PollCounts(\n    $draft: PollFilter\n    $scheduled: PollFilter\n    $open: PollFilter\n    $closed: PollFilter\n    $counting: PollFilter\n    $certified: PollFilter\n    $onAir: PollFilter\n  ) {\n    draft: polls(filter: $draft, first: 1) {\n      total\n    }\n    scheduled: polls(filter: $scheduled, first: 1) {\n      total\n    }\n    open: polls(filter: $open, first: 1) {\n      total\n    }\n    closed: polls(filter: $closed, first: 1) {\n      total\n    }\n    counting: polls(filter: $counting, first: 1) {\n      total\n    }\n    certified: polls(filter: $certified, first: 1) {\n      total\n    }\n    onAir: polls(filter: $onAir, first: 1) {\n      total\n    }\n  }\n"): typeof import('./graphql.ts').PollCountsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription OnePoll($pollId: ID!) {\n    poll(pollId: $pollId) {\n      ...AdminPoll\n    }\n  }\n"): typeof import('./graphql.ts').OnePollDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription PollsPage($filter: PollFilter, $first: Int!, $after: ID) {\n    polls(filter: $filter, first: $first, after: $after) {\n      total\n      nextAfter\n      polls {\n        ...AdminPoll\n      }\n    }\n  }\n"): typeof import('./graphql.ts').PollsPageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription AdminTally($pollId: ID!) {\n    tally(pollId: $pollId) {\n      ...TallyParts\n    }\n  }\n"): typeof import('./graphql.ts').AdminTallyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TallyParts on Tally {\n    pollId\n    pollVersion\n    version\n    shows\n    isRehearsal\n    asOf\n    total\n    options {\n      optionId\n      votes\n    }\n    boxes {\n      boxId\n      total\n      options {\n        optionId\n        votes\n      }\n    }\n  }\n"): typeof import('./graphql.ts').TallyPartsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ReportOfPoll($pollId: ID!) {\n    report(pollId: $pollId) {\n      asOf\n      timeZone\n      total\n      hours {\n        at\n        votes\n      }\n      peak {\n        at\n        votes\n      }\n      shares {\n        boxId\n        at\n        options {\n          optionId\n          votes\n        }\n      }\n      outcomes {\n        outcome\n        why\n        votes\n      }\n      voters {\n        boxId\n        votes\n        voters\n      }\n      rounds {\n        pollId\n        round\n        total\n        options {\n          optionId\n          votes\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').ReportOfPollDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
