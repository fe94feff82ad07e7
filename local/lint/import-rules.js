/** The walls of the house as a lint rule: which file may import which package, and which folder which other. */
import { dirname, relative, resolve, sep } from 'node:path'

/** The technology stands in the file's name, so that it can be seen, and swapped by adding a file. Types are free. */
const owners = {
  slonik: '.slonik.ts',
  pg: '.pg.ts',
  bullmq: '.bullmq.ts',
  kafkajs: '.kafka.ts',
  ioredis: '.redis.ts',
  'graphql-redis-subscriptions': '.redis.ts',
}

/**
 * What is judged and reckoned in these folders knows no technology: not its packages, not even their types, and of the
 * adapters beside it the types alone, which are its ports. An adapter is told by its suffix; `open-*.ts` puts the two together.
 */
const cores = ['gateway/ballot', 'gateway/polls', 'queue-workers/tally']
const technologies = [...Object.keys(owners), '@trpc/server', 'graphql', 'graphql-yoga', 'react', 'vite']
const suffixes = [...new Set(Object.values(owners))]
const isAdapter = (path) => suffixes.some((suffix) => path.endsWith(suffix))
const isCore = (path) =>
  cores.some((folder) => path.startsWith(folder + sep)) &&
  !isAdapter(path) &&
  !/[\\/]open-[^\\/]*\.ts$/.test(path)

/** For each folder: whose values it may import, and whose types besides. Its own files are always open to it. */
export const walls = {
  runtime: { values: [], types: [] },
  contracts: { values: [], types: ['gateway'] }, // the typed client is typed by the router
  gateway: { values: ['contracts', 'runtime', 'sql'], types: [] },
  'queue-workers': { values: ['contracts', 'runtime', 'sql'], types: [] },
  sql: { values: ['runtime', 'contracts'], types: [] },
  'vote-ui': { values: ['contracts'], types: ['gateway'] },
  'admin-ui': { values: ['contracts', 'vote-ui'], types: ['gateway'] }, // one brand
}

/** These start, test and measure everything from outside. */
const outside = ['local', 'tests', 'bench']

const messages = {
  owner: "Only *{{suffix}} imports '{{name}}': move this call into such a file and pass its deed in.",
  technology:
    "The core knows no '{{name}}', not even its types: put it behind a function type that an adapter beside it serves.",
  adapter:
    "The core takes what '{{name}}' does as a parameter: import its type alone, and pass it in where it is opened.",
  wall: '{{from}}/ may not import {{what}} from {{to}}/: what both need belongs into contracts/ or runtime/.',
}

export const importWalls = {
  meta: { type: 'problem', schema: [], messages },
  create(context) {
    const path = relative(context.cwd, context.filename)
    const from = path.split(sep)[0] ?? ''
    const isTest = /\.test\.tsx?$/.test(path)

    const check = (node, isType) => {
      if (typeof node.source?.value !== 'string') return
      const name = node.source.value
      if (!isTest && isCore(path) && !checkCore(node, name, isType)) return
      if (name.startsWith('.')) return checkWall(node, name, isType)
      const suffix = owners[name]
      if (suffix === undefined || isType || isTest || outside.includes(from) || path.endsWith(suffix)) return
      context.report({ node: node.source, messageId: 'owner', data: { suffix, name } })
    }

    const checkCore = (node, name, isType) => {
      const isTechnology = technologies.some((each) => name === each || name.startsWith(`${each}/`))
      if (!isTechnology && (isType || !isAdapter(name))) return true
      const messageId = isTechnology ? 'technology' : 'adapter'
      context.report({ node: node.source, messageId, data: { name } })
      return false
    }

    const checkWall = (node, name, isType) => {
      const target = relative(context.cwd, resolve(dirname(context.filename), name))
      const to = target.split(sep)[0] ?? ''
      const wall = walls[from]
      if (wall === undefined || isTest || to === from || !target.includes(sep)) return
      if (wall.values.includes(to) || (isType && wall.types.includes(to))) return
      const what = wall.types.includes(to) ? 'values' : 'anything'
      context.report({ node: node.source, messageId: 'wall', data: { from, to, what } })
    }

    return {
      ImportDeclaration: (node) => check(node, node.importKind === 'type' || areAllTypes(node.specifiers)),
      ExportNamedDeclaration: (node) => check(node, node.exportKind === 'type'),
      ExportAllDeclaration: (node) => check(node, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, false),
    }
  },
}

const areAllTypes = (specifiers) =>
  specifiers.length > 0 && specifiers.every((specifier) => specifier.importKind === 'type')
