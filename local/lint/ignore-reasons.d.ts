/** The lint rule as TypeScript sees it. */
import type { Rule } from 'eslint'

export const ignoreReasons: Rule.RuleModule
