/** A screen whose content has not come yet: loading, or without a line. */
import { ScreenTitle } from './screen-title.tsx'

interface WaitingParts {
  readonly title: string
  readonly at: 'loading' | 'unreachable'
  /** What stays away. */
  readonly what?: string
}

export function Waiting({ title, at, what = 'The gateway does not answer' }: WaitingParts) {
  return (
    <section aria-busy={at === 'loading'}>
      <ScreenTitle title={title} />
      {at === 'loading' ? (
        <div className="skeleton" role="status">
          <span className="only-read">Loading</span>
        </div>
      ) : (
        <div className="empty" role="status">
          <h2>{what}</h2>
          <p>
            It is asked for again by itself, and this page fills as soon as it comes. Voting does not depend
            on this page.
          </p>
        </div>
      )}
    </section>
  )
}
