/** What became of the vote, in one sentence and where it lies. */
import { useEffect, useRef } from 'react'
import { Link } from 'wouter'
import type { VotePlace } from '../../../contracts/vote.ts'
import type { ReceiptView } from './receipt-view.ts'
import type { ChoiceWords } from './use-choice-words.ts'
import type { ReceiptAsked } from './use-receipt-status.ts'

interface VerdictParts {
  readonly asked: ReceiptAsked
  readonly view: ReceiptView | null
  readonly choice: ChoiceWords | null
  /** How often a check was asked for on this page: 0 where it came with the address. */
  readonly checks: number
}

/** It stands from the start, so that each new word is read out. */
export function Verdict({ asked, view, choice, checks }: VerdictParts) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    // Who asked further down is brought here; the first load leaves the focus alone.
    if (checks > 0) heading.current?.focus()
  }, [checks])
  const { title, says } = view ?? sayUnanswered(asked)
  return (
    <div className="receipt-verdict">
      <div role="status" aria-live="polite">
        <h2 id="receipt-title" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <p>{says}</p>
        {view?.moved != null && <p>{view.moved}</p>}
        {asked.at === 'answered' && asked.isOld && (
          <p className="soft">No answer the last time we asked. We keep trying; this is what we knew.</p>
        )}
      </div>
      {view?.place != null && <Place place={view.place} />}
      {choice !== null && (
        <p className="receipt-choice">
          <strong dir="auto">{choice.option}</strong>
          <Link href={`/p/${choice.slug}`} dir="auto">
            {choice.question}
          </Link>
        </p>
      )}
    </div>
  )
}

function Place({ place: { batchId, position } }: { place: VotePlace }) {
  return (
    <dl className="receipt-place">
      <div>
        <dt>Batch</dt>
        <dd>
          <code>{batchId}</code>
        </dd>
      </div>
      <div>
        <dt>Position</dt>
        <dd>
          <code>{position}</code>
        </dd>
      </div>
    </dl>
  )
}

function sayUnanswered(asked: ReceiptAsked): Pick<ReceiptView, 'title' | 'says'> {
  switch (asked.at) {
    case 'asking':
      return { title: 'Looking…', says: 'We ask where this vote lies.' }
    case 'refused':
      return {
        title: 'This is no receipt of ours.',
        says: 'It has the form of one, but a part of it cannot be. Copy it again, whole.',
      }
    case 'silent':
      if (asked.isHeard)
        return {
          title: 'Urna cannot answer this just now.',
          says: 'We keep trying, and check as soon as there is an answer.',
        }
      return unreached
    case 'answered':
      return unreached
    default:
      return asked satisfies never
  }
}

const unreached = {
  title: 'We cannot reach Urna.',
  says: 'Your device may be offline. We keep trying, and check as soon as the line is back.',
}
