/** Tells a voter that the vote was not taken, why, and what to do now. */
import type { Ref } from 'react'
import { Link } from 'wouter'
import type { RefusalWords } from './refusal-words.ts'

interface RefusedParts {
  readonly words: RefusalWords
  /** "Choose again" where the box is not open yet would lead nowhere. */
  readonly mayChoose: boolean
  readonly onChooseAgain: () => void
  readonly headingRef: Ref<HTMLHeadingElement>
}

export function RefusedNotice({ words, mayChoose, onChooseAgain, headingRef }: RefusedParts) {
  return (
    <section className="card refused" aria-labelledby="refused-title">
      <h2 id="refused-title" ref={headingRef} tabIndex={-1}>
        {words.title}
      </h2>
      <p>{words.text}</p>
      {words.way === 'choose' && mayChoose && (
        <button type="button" className="button" onClick={onChooseAgain}>
          Choose again
        </button>
      )}
      {words.way === 'list' && (
        <Link href="/" className="button">
          See all polls
        </Link>
      )}
    </section>
  )
}
