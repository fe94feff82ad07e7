/** Turns counts of characters into counts of a file's statements and branches, in the shape that istanbul uses. */
import { pathToFileURL } from 'node:url'
import { convert } from 'ast-v8-to-istanbul'
import { parseSync } from 'vite'
import type { Script } from './raw-counts.ts'

type Place = { readonly line: number; readonly column: number }
type Span = { readonly start: Place; readonly end: Place }

/** The statements and the branches of one file, and how often each ran. */
export interface Parts {
  readonly statementMap: Record<string, Span>
  readonly s: Record<string, number>
  readonly branchMap: Record<string, { readonly type: string; readonly loc: Span; readonly line: number }>
  readonly b: Record<string, number[]>
}

type SourceMap = NonNullable<Parameters<typeof convert>[0]['sourceMap']>

/** Of a file as it is written: Node strips its types and leaves every place as it was. */
export async function partsOf(path: string, text: string, counts: Float64Array): Promise<Parts> {
  const found = await convertAll(path, text, counts)
  return found[path] ?? { statementMap: {}, s: {}, branchMap: {}, b: {} }
}

/**
 * Of a built file, by the path of each file that it was made of. What a package of others says in it about being left
 * out concerns nobody here: one of them would leave out all.
 */
export function partsOfBundle(path: string, text: string, counts: Float64Array, sourceMap: SourceMap) {
  const silenced = text.replaceAll(/\bignore (?:file|next|if|else|start)\b/g, (hint) =>
    '-'.repeat(hint.length),
  )
  return convertAll(path, silenced, counts, sourceMap)
}

async function convertAll(path: string, text: string, counts: Float64Array, sourceMap?: SourceMap) {
  const lang = path.endsWith('.tsx') ? 'tsx' : path.endsWith('.ts') ? 'ts' : 'js'
  const { program, errors } = parseSync(path, text, { lang })
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  leaveOutConstantDefaults(program)
  const map = await convert({
    code: text,
    ast: program as never, // the same ESTree, typed by another package
    coverage: { url: pathToFileURL(path).href, functions: asFunctions(counts, text.length) },
    ...(sourceMap !== undefined && { sourceMap }),
  })
  return map as Record<string, Parts>
}

/**
 * `rows[i] ?? 0`: with noUncheckedIndexedAccess TypeScript asks for a value at each index and key, also where the lines
 * above it prove that there is one. Behind `??` a constant is therefore no way of its own; whatever computes is.
 */
function leaveOutConstantDefaults(node: object): void {
  for (const [key, child] of Object.entries(node) as [string, unknown][]) {
    if (typeof child !== 'object' || child === null) continue
    let kept = child as AnyNode
    while (kept.type === 'LogicalExpression' && kept.operator === '??' && isConstant(kept.right))
      kept = kept.left ?? kept
    if (kept !== child) (node as Record<string, unknown>)[key] = kept
    leaveOutConstantDefaults(kept)
  }
}

interface AnyNode {
  readonly type?: string
  readonly operator?: string
  readonly name?: string
  readonly left?: AnyNode
  readonly right?: AnyNode
  readonly argument?: AnyNode
  readonly elements?: readonly unknown[]
  readonly properties?: readonly unknown[]
  readonly expressions?: readonly unknown[]
}

function isConstant(node: AnyNode | undefined): boolean {
  switch (node?.type) {
    case 'Literal':
      return true
    case 'Identifier':
      return node.name === 'undefined'
    case 'UnaryExpression':
      return isConstant(node.argument)
    case 'ArrayExpression':
      return node.elements?.length === 0
    case 'ObjectExpression':
      return node.properties?.length === 0
    case 'TemplateLiteral':
      return node.expressions?.length === 0
    default:
      return false
  }
}

/** One range for each run of equal counts. */
function asFunctions(counts: Float64Array, length: number): Script['functions'] {
  const functions: Script['functions'] = []
  for (let start = 0, end = 1; end <= length; end++) {
    if (end < length && counts[end] === counts[start]) continue
    const range = { startOffset: start, endOffset: end, count: counts[start] ?? 0 }
    functions.push({ functionName: '', isBlockCoverage: true, ranges: [range] })
    start = end
  }
  return functions
}

/**
 * Adds what ran of the same file elsewhere. `parts` says which parts there are: what a bundler made of them is found
 * by where it began, so that nothing is counted as another part.
 */
export function addParts(parts: Parts, others: Parts): void {
  const at = ({ start }: Span) => `${start.line}:${start.column}`
  const statements = new Map<string, number>()
  for (const [id, span] of Object.entries(others.statementMap))
    statements.set(at(span), Math.max(statements.get(at(span)) ?? 0, others.s[id] ?? 0))
  for (const [id, span] of Object.entries(parts.statementMap))
    parts.s[id] = (parts.s[id] ?? 0) + (statements.get(at(span)) ?? 0)

  const branches = new Map(
    Object.entries(others.branchMap).map(([id, { type, loc }]) => [`${type} ${at(loc)}`, others.b[id]]),
  )
  for (const [id, { type, loc }] of Object.entries(parts.branchMap)) {
    const other = branches.get(`${type} ${at(loc)}`)
    const own = parts.b[id] ?? []
    if (other?.length === own.length) parts.b[id] = own.map((count, way) => count + (other[way] ?? 0))
  }
}
