/** The lint rule as TypeScript sees it. */
import type { Rule } from 'eslint'

export const walls: Readonly<
  Record<
    'runtime' | 'contracts' | 'gateway' | 'queue-workers' | 'sql' | 'vote-ui' | 'admin-ui',
    { readonly values: readonly string[]; readonly types: readonly string[] }
  >
>
export const importWalls: Rule.RuleModule
