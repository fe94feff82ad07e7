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

/** Of a file as it is written: Node strips its types and leaves every place as it was. */
export async function partsOf(path: string, text: string, counts: Float64Array): Promise<Parts> {
  const lang = path.endsWith('.tsx') ? 'tsx' : path.endsWith('.ts') ? 'ts' : 'js'
  const { program, errors } = parseSync(path, text, { lang })
  if (errors[0] !== undefined) throw new Error(`${path}: ${errors[0].message}`)
  leaveOutProofs(program)
  const found: Record<string, Parts> = await convert({
    code: text,
    ast: program as never, // the same ESTree, typed by another package
    coverage: { url: pathToFileURL(path).href, functions: asFunctions(counts, text.length) },
  })
  return found[path] ?? { statementMap: {}, s: {}, branchMap: {}, b: {} }
}

/**
 * What stands there for TypeScript alone and cannot run is no way of its own. `rows[i] ?? 0`: with
 * noUncheckedIndexedAccess each index and key asks for a value, also where the lines above it prove that there is one;
 * so a constant behind `??` is left out, and whatever computes there is not. `default: return it satisfies never`
 * proves that every case is named.
 */
function leaveOutProofs(node: object): void {
  for (const [key, child] of Object.entries(node) as [string, unknown][]) {
    if (typeof child !== 'object' || child === null) continue
    let kept = child as AnyNode
    while (kept.type === 'LogicalExpression' && kept.operator === '??' && isConstant(kept.right))
      kept = kept.left ?? kept
    if (kept.type === 'SwitchStatement') kept.cases = kept.cases?.filter((one) => !isProof(one))
    if (kept !== child) (node as Record<string, unknown>)[key] = kept
    leaveOutProofs(kept)
  }
}

const isProof = ({ test, consequent }: AnyNode): boolean =>
  test === null &&
  consequent?.length === 1 &&
  consequent[0]?.argument?.typeAnnotation?.type === 'TSNeverKeyword'

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
  cases?: readonly AnyNode[] | undefined
  readonly test?: AnyNode | null
  readonly consequent?: readonly AnyNode[]
  readonly typeAnnotation?: AnyNode
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
