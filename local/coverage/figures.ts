/** What was reached of each folder, and which lines and ways were not. */
import type { Parts } from './parts.ts'

export interface Share {
  readonly reached: number
  readonly all: number
}
export interface Figures {
  readonly lines: Share
  readonly branches: Share
}
export interface Gap {
  readonly file: string
  readonly line: number
  readonly what: string
}

/** Percent, where nothing to reach is all of it. Never rounded up to 100. */
export const percent = ({ reached, all }: Share): number =>
  all === 0 ? 100 : Math.floor((reached / all) * 10_000) / 100

export const add = (a: Share, b: Share): Share => ({ reached: a.reached + b.reached, all: a.all + b.all })

export function figuresOf(file: string, parts: Parts): Figures & { readonly gaps: readonly Gap[] } {
  const gaps: Gap[] = []
  // A line counts as reached with the first of its statements that ran, as istanbul has it.
  const lines = new Map<number, number>()
  for (const [id, { start }] of Object.entries(parts.statementMap))
    lines.set(start.line, Math.max(lines.get(start.line) ?? 0, parts.s[id] ?? 0))
  for (const [line, count] of lines) if (count === 0) gaps.push({ file, line, what: 'line' })
  let all = 0
  let reached = 0
  for (const [id, { type, line }] of Object.entries(parts.branchMap)) {
    const ways = parts.b[id] ?? []
    all += ways.length
    reached += ways.filter((count) => count > 0).length
    ways.forEach((count, way) => {
      if (count <= 0) gaps.push({ file, line, what: wayInWords(type, way) })
    })
  }
  return {
    lines: { reached: [...lines.values()].filter((count) => count > 0).length, all: lines.size },
    branches: { reached, all },
    gaps: gaps.sort((a, b) => a.line - b.line),
  }
}

function wayInWords(type: string, way: number): string {
  if (type === 'if') return way === 0 ? 'if is never true' : 'if is never false'
  if (type === 'cond-expr') return way === 0 ? '? is never true' : '? is never false'
  if (type === 'default-arg') return 'the default is never taken'
  if (type === 'switch') return `case ${way + 1} is never taken`
  return `operand ${way + 1} is never evaluated`
}
