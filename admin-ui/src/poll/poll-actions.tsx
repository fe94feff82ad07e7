/** What a moderator can do to a poll, with a second question before what cannot be taken back. */
import { useState } from 'react'
import { Link } from 'wouter'
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx'
import type { PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { CopyLink } from './copy-link.tsx'
import type { PollCommands } from './use-poll-commands.ts'

interface PollActionsParts {
  readonly poll: PollParts
  /** Null: not known yet. */
  readonly votes: number | null
  readonly commands: PollCommands
}

type Question = 'close' | 'reopen' | 'delete'

export function PollActions({ poll, votes, commands }: PollActionsParts) {
  const [question, ask] = useState<Question | null>(null)
  const { underWay } = commands
  const isBusy = underWay !== null
  const deed = deedFor(poll.state)
  const answer = (deed: () => void) => () => {
    ask(null)
    deed()
  }
  return (
    <div className="poll-actions" aria-busy={isBusy}>
      {/* One button for both ways, so that the focus stays when the poll has changed its state. */}
      {deed !== null && (
        <button
          type="button"
          className="button button-action"
          aria-disabled={isBusy}
          onClick={() => {
            if (isBusy) return
            if (deed === 'open') commands.open()
            else ask(deed)
          }}
        >
          {underWay === 'opening' ? 'Opening…' : underWay === 'closing' ? 'Closing…' : deedInWords[deed]}
        </button>
      )}
      <CopyLink slug={poll.slug} />
      {poll.state !== 'certified' && (
        <Link href={`/polls/${poll.pollId}/edit`} className="button">
          Edit
        </Link>
      )}
      <button
        type="button"
        className="button button-danger-quiet"
        disabled={isBusy || (votes !== null && votes > 0)}
        aria-describedby={votes !== null && votes > 0 ? 'why-not-delete' : undefined}
        onClick={() => ask('delete')}
      >
        {underWay === 'deleting' ? 'Deleting…' : 'Delete poll'}
      </button>
      {votes !== null && votes > 0 && (
        <p id="why-not-delete" className="poll-actions-note">
          A poll with votes cannot be deleted.
        </p>
      )}
      {poll.state === 'draft' && (
        <p className="poll-actions-note">Opening freezes its options and its address.</p>
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
          <p>Nobody can vote in it from that moment on. Votes that were accepted before are still counted.</p>
          {votes !== null && <p>{wholeNumber.format(votes)} votes are counted so far.</p>}
        </ConfirmDialog>
      )}
      {question === 'reopen' && (
        <ConfirmDialog
          title="Open this poll again?"
          confirm="Open again"
          cancel="Keep it closed"
          tone="action"
          onConfirm={answer(commands.open)}
          onCancel={() => ask(null)}
        >
          <p>New votes are added to those that are counted. Whoever has voted before cannot vote again.</p>
        </ConfirmDialog>
      )}
      {question === 'delete' && (
        <ConfirmDialog
          title="Delete this poll?"
          confirm="Delete poll"
          cancel="Keep it"
          tone="danger"
          onConfirm={answer(commands.remove)}
          onCancel={() => ask(null)}
        >
          <p>
            <q>{poll.question}</q> and its address /p/{poll.slug} are gone for good. If somebody votes in this
            very moment, it stays.
          </p>
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
