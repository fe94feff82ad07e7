/** The lint rule as TypeScript sees it. */
import type { Rule } from 'eslint'

export const importWalls: Rule.RuleModule
