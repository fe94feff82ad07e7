/** How much one GraphQL operation may ask for. */
import { costLimitRule } from '@escape.tech/graphql-armor-cost-limit'
import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases'
import { maxDepthPlugin } from '@escape.tech/graphql-armor-max-depth'
import {
  parse,
  visit,
  type GraphQLError,
  type OperationDefinitionNode,
  type ParseOptions,
  type Source,
  type ValidationContext,
} from 'graphql'
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

const costRule = costLimitRule({ maxCost: limits.cost, ...told('query-too-costly') })

/**
 * The rule takes a `first` that stands in the text a hundredfold, and one that is a variable for nothing. A page is
 * bounded by its resolver and read from memory: what costs is the shape of what is asked.
 */
const costLimit: Plugin = {
  onValidate({ addValidationRule }) {
    addValidationRule((context: ValidationContext) => ({
      OperationDefinition: (operation: OperationDefinitionNode) =>
        costRule(context).onOperationDefinitionEnter(withoutPages(operation)),
    }))
  },
}

const withoutPages = (operation: OperationDefinitionNode) =>
  visit(operation, { Argument: ({ name }) => (name.value === 'first' ? null : undefined) })

export const limitPlugins: Plugin[] = [
  tokenLimit,
  maxDepthPlugin({ n: limits.depth, ...told('query-too-deep') }),
  costLimit,
  maxAliasesPlugin({ n: limits.aliases, ...told('too-many-aliases') }),
]
