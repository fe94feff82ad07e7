/** The side of the room: brand, ways, line, and the way out. */
import { Link, useLocation } from 'wouter'
import icon from '../../../vote-ui/src/brand/icon.svg'
import type { PollList } from '../polls/known-polls.ts'

interface RailParts {
  readonly list: PollList
  /** How many polls are open. */
  readonly onAir: number
  readonly onLeave: () => void
}

export function Rail({ list, onAir, onLeave }: RailParts) {
  const [path] = useLocation()
  // A poll's own pages belong to the polls.
  const isAtPolls = path === '/' || (path.startsWith('/polls/') && path !== '/polls/new')
  return (
    <header className="rail">
      <Link href="/" className="rail-brand">
        <img src={icon} alt="" width="32" height="32" />
        <span>
          Urna <small>control room</small>
        </span>
      </Link>
      <nav aria-label="Screens" className="rail-ways">
        <Way to="/" isHere={isAtPolls} words="Polls" note={onAir > 0 ? `${onAir} open` : null} />
        <Way to="/pipeline" isHere={path === '/pipeline'} words="Pipeline" note={null} />
        <Way to="/polls/new" isHere={path === '/polls/new'} words="New poll" note={null} />
      </nav>
      <div className="rail-end">
        <LineState list={list} />
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

function LineState({ list }: { list: PollList }) {
  const isLive = list.at === 'shown' && list.line.at === 'live'
  const isLost = list.at === 'unreachable' || (list.at === 'shown' && list.line.at === 'lost')
  const words = isLive ? 'Live' : isLost ? 'Reconnecting…' : 'Connecting…'
  return <p className={`line-state ${isLive ? 'is-live' : isLost ? 'is-lost' : ''}`}>{words}</p>
}
