/** The side of the room: brand, ways, line, and the way out. */
import { Link, useLocation } from 'wouter'
import icon from '../../../vote-ui/src/brand/icon.svg'
import type { KnownPolls } from '../polls/known-polls.ts'

export function Rail({ known, onLeave }: { known: KnownPolls; onLeave: () => void }) {
  const [path] = useLocation()
  // A poll's own pages belong to the polls.
  const isAtPolls = path === '/' || (path.startsWith('/polls/') && path !== '/polls/new')
  const open = known.at === 'shown' ? known.polls.filter(({ state }) => state === 'open').length : 0
  return (
    <header className="rail">
      <Link href="/" className="rail-brand">
        <img src={icon} alt="" width="32" height="32" />
        <span>
          Urna <small>control room</small>
        </span>
      </Link>
      <nav aria-label="Screens" className="rail-ways">
        <Way to="/" isHere={isAtPolls} words="Polls" note={open > 0 ? `${open} open` : null} />
        <Way to="/pipeline" isHere={path === '/pipeline'} words="Pipeline" note={null} />
        <Way to="/polls/new" isHere={path === '/polls/new'} words="New poll" note={null} />
      </nav>
      <div className="rail-end">
        <LineState known={known} />
        <a href="/" target="_blank" rel="noopener" className="rail-link">
          Vote pages<span className="only-read"> (new tab)</span> <span aria-hidden="true">↗</span>
        </a>
        <button type="button" className="rail-link" onClick={onLeave}>
          Sign out
        </button>
      </div>
    </header>
  )
}

interface WayParts {
  readonly to: string
  readonly isHere: boolean
  readonly words: string
  readonly note: string | null
}

function Way({ to, isHere, words, note }: WayParts) {
  return (
    <Link href={to} className="rail-way" aria-current={isHere ? 'page' : undefined}>
      {words}
      {note !== null && <span className="rail-note">{note}</span>}
    </Link>
  )
}

function LineState({ known }: { known: KnownPolls }) {
  const isLive = known.at === 'shown' && known.line.at === 'live'
  const isLost = known.at === 'unreachable' || (known.at === 'shown' && known.line.at === 'lost')
  const words = isLive ? 'Live' : isLost ? 'Reconnecting…' : 'Connecting…'
  return <p className={`line-state ${isLive ? 'is-live' : isLost ? 'is-lost' : ''}`}>{words}</p>
}
