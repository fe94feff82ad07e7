/** Makes up subscriptions that a viewer might send: most of them good, some wrong, each with all that GraphQL allows. */
import { getNamedType, isLeafType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql'

export interface AskedSubscription {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly operationName: string | undefined
  /** Some clients send them; nothing here reads them. */
  readonly extensions: Readonly<Record<string, unknown>> | undefined
  readonly isAdmin: boolean
  readonly method: 'GET' | 'POST'
  /** What it watches; the poll only where it watches one. */
  readonly root: string
  readonly pollId: string
}

/** The same numbers for the same seed: a failure can be seen again. */
export function makeChance(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    is: (percent: number) => next() * 100 < percent,
    upTo: (most: number) => Math.floor(next() * (most + 1)),
    oneOf: <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T,
  }
}
type Chance = ReturnType<typeof makeChance>

const roots = ['tally', 'tally', 'tally', 'tally', 'poll', 'poll', 'poll', 'publicPolls', 'polls', 'pipeline']

export function makeSubscription(
  schema: GraphQLSchema,
  chance: Chance,
  pollIds: readonly string[],
): AskedSubscription {
  const document = makeDocument(schema, chance)
  const root = chance.oneOf(roots)
  const pollId = chance.oneOf(pollIds)
  const field = document.operation(root, pollId)
  const isNamed = chance.is(50)
  const other = isNamed && chance.is(30) ? '\nsubscription Other { publicPolls { slug } }' : ''
  const head = `subscription${isNamed ? ' Asked' : ''}${document.declared()}`
  const body = document.wrapped(field)
  const whole = `${head} { ${body} }${other}${document.fragments.join('')}`
  const isCut = chance.is(2)
  return {
    ...{
      root,
      pollId,
      isAdmin: chance.is(root === 'polls' || root === 'pipeline' ? 80 : 40),
      method: chance.oneOf(['GET', 'POST']),
    },
    query: isCut ? whole.slice(0, chance.upTo(whole.length)) : whole,
    variables: document.variables,
    operationName:
      isNamed && (other !== '' || chance.is(50)) ? (chance.is(5) ? 'Nobody' : 'Asked') : undefined,
    extensions: chance.is(10) ? { client: 'generated' } : undefined,
  }
}

function makeDocument(schema: GraphQLSchema, chance: Chance) {
  const aliases = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'slug', 'votes']
  const variables: Record<string, unknown> = {}
  const declarations: string[] = []
  const fragments: string[] = []

  function variable(type: 'ID!' | 'Boolean!', value: string | boolean): string {
    const name = `v${declarations.length}`
    const hasDefault = chance.is(30)
    declarations.push(`$${name}: ${type}${hasDefault ? ` = ${JSON.stringify(value)}` : ''}`)
    if (hasDefault ? chance.is(30) : !chance.is(3)) variables[name] = chance.is(3) ? { not: 'right' } : value
    return `$${name}`
  }
  function directive(): string {
    if (!chance.is(12)) return ''
    const flag = chance.is(60)
    return ` @${chance.oneOf(['include', 'skip'])}(if: ${chance.is(50) ? variable('Boolean!', flag) : String(flag)})`
  }
  function field(type: GraphQLObjectType, depth: number): string {
    const fields = Object.values(type.getFields())
    const { name, type: of } = chance.oneOf(fields)
    const named = getNamedType(of)
    const alias = chance.is(15) ? `${chance.oneOf(aliases)}: ` : ''
    if (chance.is(0.5)) return 'nothingOfTheKind'
    if (isLeafType(named) || !isObjectType(named)) return `${alias}${name}${directive()}`
    return `${alias}${name}${directive()} { ${selection(named, depth - 1)} }`
  }
  function selection(type: GraphQLObjectType, depth: number): string {
    const parts: string[] = []
    for (let i = chance.upTo(4); i >= 0; i--) {
      const way = depth <= 0 ? 10 : chance.upTo(10)
      if (way === 0) parts.push(inline(type, depth))
      else if (way === 1) parts.push(spread(type, depth))
      else if (way === 2) parts.push(`__typename${directive()}`)
      else parts.push(depth <= 0 ? leaf(type) : field(type, depth))
    }
    return parts.join(' ')
  }
  function inline(type: GraphQLObjectType, depth: number): string {
    return `...${chance.is(70) ? ` on ${type.name}` : ''}${directive()} { ${selection(type, depth - 1)} }`
  }
  function leaf(type: GraphQLObjectType): string {
    const leaves = Object.values(type.getFields()).filter(({ type: of }) => isLeafType(getNamedType(of)))
    return leaves.length === 0 ? '__typename' : chance.oneOf(leaves).name
  }
  function spread(type: GraphQLObjectType, depth: number): string {
    const name = `F${fragments.length}`
    fragments.push('')
    fragments[Number(name.slice(1))] = `\nfragment ${name} on ${type.name} { ${selection(type, depth - 1)} }`
    return `...${name}${directive()}`
  }
  return {
    ...{ variables, fragments },
    declared: () => (declarations.length > 0 ? `(${declarations.join(', ')})` : ''),
    operation(root: string, pollId: string) {
      const type = schema.getSubscriptionType()?.getFields()[root]?.type
      const named = type && getNamedType(type)
      if (!isObjectType(named)) throw new Error(`no such subscription: ${root}`)
      const id = () => (chance.is(50) ? variable('ID!', pollId) : JSON.stringify(pollId))
      const args = root === 'tally' || root === 'poll' ? `(pollId: ${id()})` : ''
      const alias = chance.is(15) ? 'live: ' : ''
      return `${alias}${root}${args}${chance.is(3) ? directive() : ''} { ${selection(named, 3)} }`
    },
    /** The one field of a subscription may lie in fragments too; two of them are a fault. */
    wrapped(text: string) {
      if (chance.is(2)) return `${text} publicPolls { slug }`
      if (chance.is(10)) return `... on Subscription { ${text} }`
      if (!chance.is(10)) return text
      fragments.push(`\nfragment Root on Subscription { ${text} }`)
      return '...Root'
    },
  }
}
