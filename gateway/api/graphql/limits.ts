/** How much one GraphQL operation may ask for. */
import { costLimitPlugin } from '@escape.tech/graphql-armor-cost-limit'
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth'
import { parse, type GraphQLError, type ParseOptions, type Source, type ValidationContext } from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { refuseQuery } from './refusals.ts'

export const limits = {
  /** The whole schema is 5 deep (poll, boxes, limit, votes); fragments count as a level each. */
  depth: 8,
  /** All queries together, every field of each, cost about 310. */
  cost: 500,
  aliases: 10,
  tokens: 1_000,
} as const

type Code = Parameters<typeof refuseQuery>[0]

// The plugins would throw the first fault as a syntax error; told as a fault of validation it is one among them.
const told = (code: Code) => ({
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, error: GraphQLError) =>
      context?.reportError(refuseQuery(code, error.message.replace('Syntax Error: ', ''))),
  ],
})

const tokenLimit: Plugin = {
  onParse({ setParseFn }) {
    setParseFn((source: string | Source, options?: ParseOptions) =>
      parse(source, { ...options, maxTokens: limits.tokens }),
    )
  },
}

export const limitPlugins: Plugin[] = [
  tokenLimit,
  maxDepthPlugin({ n: limits.depth, ...told('query-too-deep') }),
  costLimitPlugin({ maxCost: limits.cost, ...told('query-too-costly') }),
  maxAliasesPlugin({ n: limits.aliases, ...told('too-many-aliases') }),
]
