/** The scalars of the schema. */
import { GraphQLScalarType } from 'graphql'

/** A number that JavaScript can no longer tell from its neighbour must not leave as if it were exact. */
export const Count = new GraphQLScalarType<number, number>({
  name: 'Count',
  serialize(value) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw new TypeError(`not a count: ${String(value)}`)
  },
})

export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize(value) {
    if (typeof value === 'string') return value
    throw new TypeError(`not an instant: ${String(value)}`)
  },
})
