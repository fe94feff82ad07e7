/** What a viewer may see, as a word: viewers with the same question and the same right share one answer. */
import type { Viewer } from './viewer.ts'

/**
 * Every rule of the resolvers that looks at the viewer must show here, or one would be shown what only the other may
 * see. The poll's rule is judged anew for each frame; what is known of the viewer is of when he came: who votes
 * subscribes again, where voting begins to matter the stream ends, and this word is read for every viewer who comes.
 */
export function rightToSee({ isAdmin, votedIn }: Pick<Viewer, 'isAdmin' | 'votedIn'>): string {
  return isAdmin ? 'admin' : ['everyone', ...[...votedIn].sort()].join(' ')
}
