/** Every address of the gateway, and the area that answers it: there is no other way in. */
import { keysPath } from '../../../contracts/signing.ts'
import { opsPages } from '../../../runtime/ops.ts'

export type RouteArea = 'trpc' | 'graphql' | 'schema' | 'totals' | 'keys' | 'ops' | 'screens'

/** The first that fits; `*` stands for anything. */
export const routes: readonly { readonly path: string; readonly area: RouteArea }[] = [
  { path: '/trpc/*', area: 'trpc' },
  { path: '/graphql', area: 'graphql' },
  { path: '/schema.graphql', area: 'schema' },
  { path: '/api/polls/*/totals', area: 'totals' },
  { path: keysPath, area: 'keys' },
  ...opsPages.map((path) => ({ path, area: 'ops' as const })),
  { path: '/*', area: 'screens' },
]

const patterns = routes.map(({ path, area }) => {
  const [start = '', end = ''] = path.split('*')
  const isWhole = !path.includes('*')
  return {
    area,
    fits: (asked: string) => (isWhole ? asked === path : asked.startsWith(start) && asked.endsWith(end)),
  }
})

/** What is no address at all (`OPTIONS *`) is answered as an unknown one. */
export const areaOf = (path: string): RouteArea => patterns.find(({ fits }) => fits(path))?.area ?? 'screens'
