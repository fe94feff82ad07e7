/** What a moderator does to a poll most: open, close, open again, reveal, edit. */
import { useState } from 'react'
import { Link } from 'wouter'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { ClosingTimeDialog } from './closing-time-dialog.tsx'
import { CopyLink } from './copy-link.tsx'
import { whatAgainst } from './deeds.ts'
import type { PollCommands } from './use-poll-commands.ts'

interface PollActionsParts {
  readonly poll: PollParts
  /** Null: not known yet. */
  readonly votes: number | null
  readonly clock: Pick<ServerClock, 'now'>
  readonly commands: PollCommands
}

type Question = 'open until' | 'close' | 'reopen' | 'reveal'

export function PollActions({ poll, votes, clock, commands }: PollActionsParts) {
  const [question, ask] = useState<Question | null>(null)
  const { underWay } = commands
  const isBusy = underWay !== null
  const deed = deedFor(poll.state)
  const against = deed === null ? undefined : whatAgainst(deed, poll, votes)
  const againstReveal = whatAgainst('reveal', poll, votes)
  const againstEdit = whatAgainst('edit', poll, votes)
  // One reason may stand against several deeds: it is told once.
  const reasons = new Set([against, againstReveal, againstEdit].filter((why) => typeof why === 'string'))
  const answer = (deed: () => void) => () => {
    ask(null)
    deed()
  }
  return (
    <div className="poll-actions" aria-busy={isBusy}>
      {againstReveal === null && (
        <button
          type="button"
          className="button button-action"
          aria-disabled={isBusy}
          onClick={() => !isBusy && ask('reveal')}
        >
          {underWay === 'reveal' ? 'Revealing…' : 'Reveal result'}
        </button>
      )}
      {/* One button for both ways, so that the focus stays when the poll has changed its state. */}
      {deed !== null && against === null && (
        <button
          type="button"
          className={againstReveal === null ? 'button' : 'button button-action'}
          aria-disabled={isBusy}
          onClick={() => {
            if (isBusy) return
            if (deed === 'open') commands.open()
            else ask(deed)
          }}
        >
          {sayDeed(deed, underWay)}
        </button>
      )}
      {deed === 'open' && against === null && (
        <button
          type="button"
          className="button"
          aria-disabled={isBusy}
          onClick={() => !isBusy && ask('open until')}
        >
          Open until…
        </button>
      )}
      <CopyLink slug={poll.slug} />
      {againstEdit === null && (
        <Link href={`/polls/${poll.pollId}/edit`} className="button">
          Edit
        </Link>
      )}
      {deed === 'open' && against === null && (
        <p className="poll-actions-note">
          Opening freezes its options, its ballot boxes and its address.
          {poll.closesAt === null && ' Without a closing time you close it by hand.'}
        </p>
      )}
      {[...reasons].map((why) => (
        <p key={why} className="poll-actions-note">
          {why}
        </p>
      ))}
      {question === 'open until' && (
        <ClosingTimeDialog
          poll={poll}
          clock={clock}
          title="Open this poll now, until when?"
          says="It closes by itself at that time. You can extend it while it is open."
          confirm="Open poll"
          cancel="Not yet"
          isOptional={false}
          onTime={(closesAt) => answer(() => closesAt !== null && commands.open(closesAt))()}
          onCancel={() => ask(null)}
        />
      )}
      {question === 'close' && (
        <ConfirmDialog
          title="Close this poll now?"
          confirm="Close poll"
          cancel="Keep it open"
          tone="action"
          onConfirm={answer(commands.close)}
          onCancel={() => ask(null)}
        >
          <p>
            Nobody can vote in it from that moment on, without grace. Votes that were accepted before are
            still counted.
          </p>
          {votes !== null && <p>{wholeNumber.format(votes)} votes are counted so far.</p>}
        </ConfirmDialog>
      )}
      {question === 'reopen' && (
        <ClosingTimeDialog
          poll={poll}
          clock={clock}
          title="Open this poll again?"
          says="New votes are added to those that are counted. What a voter has used of a limit stays used."
          confirm="Open again"
          cancel="Keep it closed"
          isOptional
          onTime={(closesAt) => answer(() => commands.reopen(closesAt ?? undefined))()}
          onCancel={() => ask(null)}
        />
      )}
      {question === 'reveal' && (
        <ConfirmDialog
          title="Reveal this result?"
          confirm="Reveal result"
          cancel="Keep it secret"
          tone="danger"
          onConfirm={answer(commands.reveal)}
          onCancel={() => ask(null)}
        >
          <p>
            From that moment on everyone sees how many votes each option of <q>{poll.question}</q> has, in
            each ballot box and by the hour, with the weighted result: on the vote page, in the API and in the
            feeds.
          </p>
          <p>It cannot be taken back, and the poll cannot be opened again.</p>
        </ConfirmDialog>
      )}
    </div>
  )
}

/** The one thing that a poll in this state waits for. */
function deedFor(state: PollParts['state']): 'open' | 'close' | 'reopen' | null {
  switch (state) {
    case 'draft':
    case 'scheduled':
      return 'open'
    case 'open':
      return 'close'
    case 'closed':
      return 'reopen'
    case 'counting':
    case 'certified':
      return null
    default:
      return state satisfies never
  }
}

const deedInWords = { open: 'Open poll', close: 'Close poll', reopen: 'Open again' } as const

function sayDeed(deed: 'open' | 'close' | 'reopen', underWay: PollCommands['underWay']): string {
  if (underWay === 'open' || underWay === 'reopen') return 'Opening…'
  return underWay === 'close' ? 'Closing…' : deedInWords[deed]
}
