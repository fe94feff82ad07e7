/** Executes a subscription once for each state and question, however many screens ask the same. */
import {
  createSourceEventStream,
  execute,
  type DocumentNode,
  type ExecutionResult,
  type ExecutionArgs,
} from 'graphql'
import { isAsyncIterable, type Plugin } from 'graphql-yoga'

/** A state of a watch: the same object for every watcher. */
type State = object

/**
 * What a screen may see is decided when its stream opens; after that the state itself is the permission, as every
 * watcher of a state may see all of it. So the answer to a question about it can be the same object for all of them,
 * and is serialised once (sse.ts). The memory goes with the state.
 */
export function makeSharedResults(): Plugin {
  const results = new WeakMap<State, Map<string, Promise<ExecutionResult>>>()
  const documents = new WeakMap<DocumentNode, number>()
  let count = 0

  /** Yoga parses equal texts to one document, so that its number says which text it was. */
  function numberOf(document: DocumentNode): number {
    const number = documents.get(document) ?? ++count
    documents.set(document, number)
    return number
  }

  return {
    onSubscribe({ setSubscribeFn }) {
      setSubscribeFn(async (args: ExecutionArgs) => {
        const { document, operationName, variableValues } = args
        const states = await createSourceEventStream(args)
        if (!isAsyncIterable(states)) return states
        const question = JSON.stringify([numberOf(document), operationName, variableValues])
        return mapStates(states, (state) => {
          const answers = results.get(state) ?? new Map<string, Promise<ExecutionResult>>()
          results.set(state, answers)
          const answer = answers.get(question) ?? Promise.resolve(execute({ ...args, rootValue: state }))
          answers.set(question, answer)
          return answer
        })
      })
    },
  }
}

/** Unlike a generator it can be ended while it waits for the next state. */
function mapStates(
  states: AsyncIterable<unknown, unknown>,
  answer: (state: State) => Promise<ExecutionResult>,
): AsyncIterableIterator<ExecutionResult, undefined> {
  const iterator = states[Symbol.asyncIterator]()
  return {
    [Symbol.asyncIterator]() {
      return this
    },
    async next() {
      const { value, done } = await iterator.next()
      if (done === true) return { done: true, value: undefined }
      if (typeof value !== 'object' || value === null) throw new TypeError('a state is an object')
      return { done: false, value: await answer(value) }
    },
    async return() {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
  }
}
