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
    "\n  fragment PollParts on Poll {\n    pollId\n    slug\n    question\n    description\n    state\n    opensAt\n    closesAt\n    graceMs\n    visibility\n    revealedAt\n    isRehearsal\n    archivedAt\n    version\n    options {\n      optionId\n      text\n      colour\n      pictureUrl\n    }\n    boxes {\n      boxId\n      voters\n      limit {\n        votes\n        perSeconds\n      }\n      weight\n    }\n  }\n": typeof types.PollPartsFragmentDoc,
    "\n  subscription PollChanges($pollId: ID!) {\n    poll(pollId: $pollId) {\n      ...PollParts\n    }\n  }\n": typeof types.PollChangesDocument,
    "\n  subscription PublicPolls {\n    publicPolls {\n      ...PollParts\n    }\n  }\n": typeof types.PublicPollsDocument,
    "\n  subscription TallyFrames($pollId: ID!, $parts: Boolean!) {\n    tally(pollId: $pollId) {\n      pollId\n      pollVersion\n      version\n      shows\n      asOf\n      total\n      options {\n        optionId\n        votes\n      }\n      boxes @include(if: $parts) {\n        boxId\n        total\n        options {\n          optionId\n          votes\n        }\n      }\n    }\n  }\n": typeof types.TallyFramesDocument,
};
const documents: Documents = {
    "\n  fragment PollParts on Poll {\n    pollId\n    slug\n    question\n    description\n    state\n    opensAt\n    closesAt\n    graceMs\n    visibility\n    revealedAt\n    isRehearsal\n    archivedAt\n    version\n    options {\n      optionId\n      text\n      colour\n      pictureUrl\n    }\n    boxes {\n      boxId\n      voters\n      limit {\n        votes\n        perSeconds\n      }\n      weight\n    }\n  }\n": types.PollPartsFragmentDoc,
    "\n  subscription PollChanges($pollId: ID!) {\n    poll(pollId: $pollId) {\n      ...PollParts\n    }\n  }\n": types.PollChangesDocument,
    "\n  subscription PublicPolls {\n    publicPolls {\n      ...PollParts\n    }\n  }\n": types.PublicPollsDocument,
    "\n  subscription TallyFrames($pollId: ID!, $parts: Boolean!) {\n    tally(pollId: $pollId) {\n      pollId\n      pollVersion\n      version\n      shows\n      asOf\n      total\n      options {\n        optionId\n        votes\n      }\n      boxes @include(if: $parts) {\n        boxId\n        total\n        options {\n          optionId\n          votes\n        }\n      }\n    }\n  }\n": types.TallyFramesDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment PollParts on Poll {\n    pollId\n    slug\n    question\n    description\n    state\n    opensAt\n    closesAt\n    graceMs\n    visibility\n    revealedAt\n    isRehearsal\n    archivedAt\n    version\n    options {\n      optionId\n      text\n      colour\n      pictureUrl\n    }\n    boxes {\n      boxId\n      voters\n      limit {\n        votes\n        perSeconds\n      }\n      weight\n    }\n  }\n"): typeof import('./graphql.ts').PollPartsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription PollChanges($pollId: ID!) {\n    poll(pollId: $pollId) {\n      ...PollParts\n    }\n  }\n"): typeof import('./graphql.ts').PollChangesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription PublicPolls {\n    publicPolls {\n      ...PollParts\n    }\n  }\n"): typeof import('./graphql.ts').PublicPollsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription TallyFrames($pollId: ID!, $parts: Boolean!) {\n    tally(pollId: $pollId) {\n      pollId\n      pollVersion\n      version\n      shows\n      asOf\n      total\n      options {\n        optionId\n        votes\n      }\n      boxes @include(if: $parts) {\n        boxId\n        total\n        options {\n          optionId\n          votes\n        }\n      }\n    }\n  }\n"): typeof import('./graphql.ts').TallyFramesDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
