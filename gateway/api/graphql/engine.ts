/** Executes GraphQL by graphql-yoga, for every way in which it is asked. */
import {
  getOperationAST,
  GraphQLError,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql'
import { createSchema, createYoga, isAsyncIterable, type YogaServerInstance } from 'graphql-yoga'
import type { Log } from '../../../runtime/log.ts'
import { makeHeldDocuments, makeParsed } from './document-memory.ts'
import { limitPlugins } from './limits.ts'
import type { Params } from './params.ts'
import { refuse, surprise, toTypedError } from './refusals.ts'
import { makeResolvers, type ResolverParts } from './resolvers.ts'
import { schemaText } from './schema-text.ts'
import type { Viewer } from './viewer.ts'

/** invalid: nothing was executed. unfit: nothing was, because it may not be asked in this way. */
export interface Told {
  readonly result: ExecutionResult
  readonly as: 'executed' | 'invalid' | 'unfit'
}

/** Results for as long as there are any, or the one that there is. */
export type Answer = { readonly results: AsyncIterable<ExecutionResult> } | Told

/** How it was asked. */
export interface Way {
  /** Changes nothing: by GET. */
  readonly safe: boolean
  /** Whether more than one result can be given. */
  readonly streams: boolean
}

export type Ask = (params: Params, viewer: Viewer, way: Way) => Promise<Answer>

export interface Engine {
  readonly ask: Ask
  /** Why it would not be executed at all; null: it would be. */
  readonly check: (params: Params, viewer: Viewer, way: Way) => Told | null
  /** For the page with GraphiQL. */
  readonly yoga: YogaServerInstance<{ viewer: Viewer }, Viewer>
}

/** GraphQL's own functions with Yoga's plugins around them, for one viewer; Yoga types them as `any`. */
interface Enveloped {
  readonly schema: GraphQLSchema
  readonly parse: (query: string) => DocumentNode
  readonly validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[]
  readonly contextFactory: () => unknown
  readonly execute: (args: ExecutionArgs) => Executed | Promise<Executed>
  readonly subscribe: (args: ExecutionArgs) => Executed | Promise<Executed>
}
type Executed = ExecutionResult | AsyncIterable<ExecutionResult>

export function makeEngine(parts: ResolverParts & { readonly graphiql: boolean; readonly log: Log }): Engine {
  const { log } = parts
  const yoga = createYoga<{ viewer: Viewer }, Viewer>({
    schema: createSchema<{ viewer: Viewer } & Viewer>({
      typeDefs: schemaText,
      resolvers: makeResolvers(parts),
    }),
    context: ({ viewer }) => viewer,
    graphiql: parts.graphiql,
    // The page comes from here, not from a public CDN: it also works where there is no way out. It is large: nobody
    // loads it who does not ask for it.
    renderGraphiQL: async (options) =>
      (await import('@graphql-yoga/render-graphiql')).renderGraphiQL(options),
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    parserAndValidationCache: { documentCache: makeParsed(), errorCache: makeParsed() },
    plugins: [...limitPlugins, makeHeldDocuments()],
    // What nobody foresaw is logged whole, by Yoga through `error`, and leaves as one sentence.
    maskedErrors: { isDev: false, errorMessage: surprise.says },
    logging: {
      debug: () => undefined,
      info: () => undefined,
      warn: (...told) => log.warn({ told }, 'graphql'),
      error: (...told) => log.error({ err: told[0] }, 'a GraphQL request failed'),
    },
  })

  /** What was thrown, as an error that may leave. */
  function toError(thrown: unknown): GraphQLError {
    if (thrown instanceof GraphQLError) return thrown
    log.error({ err: thrown }, 'a GraphQL request failed')
    return surprise.error()
  }

  /** What is to be executed, and how; or why nothing is. */
  function prepare({ query, operationName }: Params, viewer: Viewer, way: Way) {
    const its: Enveloped = yoga.getEnveloped({ viewer })
    // Validation throws as well, at what it did not foresee.
    try {
      const document = its.parse(query)
      const operation = getOperationAST(document, operationName || undefined)
      if (!operation) return refused('invalid', [new GraphQLError(unclear)])
      if (operation.operation === OperationTypeNode.MUTATION && way.safe)
        return refused('unfit', [changesByGet()])
      const faults = its.validate(its.schema, document)
      if (faults.length > 0) return refused('invalid', faults)
      const isStream = operation.operation === OperationTypeNode.SUBSCRIPTION
      if (isStream && !way.streams) return refused('unfit', [noStream()])
      return { its, document, isStream }
    } catch (error) {
      return refused('invalid', [toError(error)])
    }
  }

  return {
    yoga,
    check(...asked) {
      const prepared = prepare(...asked)
      return 'as' in prepared ? prepared : null
    },
    async ask(params, viewer, way) {
      const prepared = prepare(params, viewer, way)
      if ('as' in prepared) return prepared
      const { its, document, isStream } = prepared
      try {
        const args = {
          ...{ schema: its.schema, document, contextValue: await its.contextFactory() },
          operationName: params.operationName || undefined,
          variableValues: params.variables ?? undefined,
        }
        const answer = await (isStream ? its.subscribe(args) : its.execute(args))
        return isAsyncIterable(answer) ? { results: answer } : { as: 'executed', result: typed(answer) }
      } catch (error) {
        return refused('executed', [toError(error)])
      }
    },
  }
}

const unclear = 'Could not determine what operation to execute.'
const changesByGet = () => refuse('method-not-allowed', 'A mutation is asked by POST.')
const noStream = () =>
  new GraphQLError('A subscription is answered as text/event-stream: name that in "accept".', {
    extensions: { http: { status: 406 } },
  })

const refused = (as: Told['as'], errors: readonly GraphQLError[]): Told => ({ as, result: typed({ errors }) })

const typed = (result: ExecutionResult): ExecutionResult =>
  result.errors === undefined ? result : { ...result, errors: result.errors.map(toTypedError) }
