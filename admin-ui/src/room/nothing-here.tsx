/** A page without what was looked for, with a way on. */
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { ScreenTitle } from './screen-title.tsx'

export function NothingHere({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="nothing">
      <ScreenTitle title={title} />
      <p>{children}</p>
      <Link href="/" className="button button-action">
        All polls
      </Link>
    </section>
  )
}
