/** The way back to the list. */
import { Link } from 'wouter'

export function Crumb({ to = '/', words = 'All polls' }: { to?: string; words?: string }) {
  return (
    <p className="crumb">
      <Link href={to}>
        <span aria-hidden="true">← </span>
        {words}
      </Link>
    </p>
  )
}
