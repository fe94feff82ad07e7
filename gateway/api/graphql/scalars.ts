/** The scalars of the schema. */
import { GraphQLScalarType, Kind } from 'graphql'
import { z } from 'zod'

/** A number that JavaScript can no longer tell from its neighbour must not leave as if it were exact. */
export const Count = new GraphQLScalarType<number, number>({
  name: 'Count',
  serialize(value) {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
    throw new TypeError(`not a count: ${String(value)}`)
  },
})

const instantShape = z.iso.datetime({ offset: true })

/** The same instant, told in UTC. */
function readInstant(value: unknown): string {
  const read = instantShape.safeParse(value)
  if (!read.success) throw new TypeError('not an instant as ISO 8601 with a zone')
  return new Date(read.data).toISOString()
}

export const DateTime = new GraphQLScalarType<string, string>({
  name: 'DateTime',
  serialize(value) {
    if (typeof value === 'string') return value
    throw new TypeError(`not an instant: ${String(value)}`)
  },
  parseValue: readInstant,
  parseLiteral: (node) => readInstant(node.kind === Kind.STRING ? node.value : undefined),
})
