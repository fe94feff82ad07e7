/** What an address shows that leads nowhere. */
import { Link } from 'wouter'
import { Stage } from '../stage.tsx'

export function UnknownPage({ what }: { what: 'poll' | 'page' }) {
  const poll = what === 'poll'
  return (
    <Stage
      shape="split"
      title={poll ? 'We know no such poll.' : 'There is nothing here.'}
      below={
        <p className="lead">
          {poll
            ? 'It may have been taken down, or a letter went missing in the address.'
            : 'A letter may have gone missing in the address.'}
        </p>
      }
    >
      <div className="card way-on">
        <p>Everything that is on, and everything that is coming, is one tap away.</p>
        <Link href="/" className="button">
          See all polls
        </Link>
      </div>
    </Stage>
  )
}
