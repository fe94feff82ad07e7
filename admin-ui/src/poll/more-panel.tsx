/** What is done to a poll seldom: another round, a rehearsal, the archive, its end; each with what it means. */
import { useState } from 'react'
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx'
import type { PollParts } from '../polls/poll-parts.ts'
import { whatAgainst, type Deed } from './deeds.ts'
import type { PollCommands } from './use-poll-commands.ts'

interface MorePanelProps {
  readonly poll: PollParts
  readonly votes: number | null
  readonly commands: PollCommands
}

export function MorePanel({ poll, votes, commands }: MorePanelProps) {
  const [isAsking, ask] = useState(false)
  const row = (deed: Deed, words: string, busy: string, says: string, run: () => void, isBad = false) => (
    <Row
      words={commands.underWay === deed ? busy : words}
      says={says}
      against={whatAgainst(deed, poll, votes)}
      isBusy={commands.underWay !== null}
      isBad={isBad}
      onPress={run}
    />
  )
  return (
    <section className="panel more" aria-labelledby="more">
      <h2 id="more">More</h2>
      <ul>
        {row(
          'duplicate',
          poll.isRehearsal ? 'Make the real poll' : 'Duplicate as next round',
          'Duplicating…',
          'A draft with the same question, options and rules, and no votes.',
          commands.duplicate,
        )}
        {row(
          'rehearse',
          'Duplicate as rehearsal',
          'Duplicating…',
          'The same as a rehearsal: its votes are marked and make no result.',
          commands.rehearse,
        )}
        {row(
          'archive',
          'Archive',
          'Archiving…',
          'Out of the lists. Nothing is lost, and it can come back.',
          commands.archive,
        )}
        {row(
          'unarchive',
          'Take out of the archive',
          'Bringing back…',
          'Into the lists again.',
          commands.unarchive,
        )}
        {row(
          'delete',
          'Delete poll',
          'Deleting…',
          'Gone for good. Only while nobody has voted in it.',
          () => ask(true),
          true,
        )}
      </ul>
      {isAsking && (
        <ConfirmDialog
          title="Delete this poll?"
          confirm="Delete poll"
          cancel="Keep it"
          tone="danger"
          onConfirm={() => {
            ask(false)
            commands.remove()
          }}
          onCancel={() => ask(false)}
        >
          <p>
            <q>{poll.question}</q> and its address /p/{poll.slug} are gone for good. If somebody votes in this
            very moment, it stays.
          </p>
        </ConfirmDialog>
      )}
    </section>
  )
}

interface RowProps {
  readonly words: string
  readonly says: string
  readonly against: string | null | undefined
  readonly isBusy: boolean
  readonly isBad: boolean
  readonly onPress: () => void
}

/** What cannot be done now says why in the place of what it would do. */
function Row({ words, says, against, isBusy, isBad, onPress }: RowProps) {
  if (against === undefined) return null
  if (against !== null) {
    return (
      <li className="is-off">
        <b>{words}</b>
        <span className="choice-says">{against}</span>
      </li>
    )
  }
  return (
    <li>
      <button
        type="button"
        className={isBad ? 'more-deed is-bad' : 'more-deed'}
        aria-disabled={isBusy}
        onClick={() => !isBusy && onPress()}
      >
        {words}
      </button>
      <span className="choice-says">{says}</span>
    </li>
  )
}
