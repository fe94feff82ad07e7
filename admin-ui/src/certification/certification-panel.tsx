/** The way of a closed poll to its certified result: the question for it, what is still missing, the mark. */
import { useState } from 'react'
import { ConfirmDialog } from '../confirm/confirm-dialog.tsx'
import type { ServerClock } from '../../../vote-ui/src/connection/server-clock.ts'
import { useNow } from '../../../vote-ui/src/time/use-now.ts'
import type { Looked } from '../gateway/use-look.ts'
import type { PollCommands } from '../poll/use-poll-commands.ts'
import { isOver, type PollParts } from '../polls/poll-parts.ts'
import { wholeNumber } from '../polls/poll-row.tsx'
import { clockWithSeconds, exactTime } from '../polls/schedule.ts'
import { lastLook } from './judge-certification.ts'
import type { PollCertification } from './use-certification.ts'

interface CertificationPanelProps {
  readonly poll: PollParts
  readonly certification: Looked<PollCertification | null>
  readonly commands: PollCommands
  readonly clock: Pick<ServerClock, 'now'>
}

/** A rehearsal has no result that could be certified. */
export function CertificationPanel(props: CertificationPanelProps) {
  const { poll } = props
  if (!isOver(poll) || poll.isRehearsal) return null
  return (
    <section className="panel certification" aria-labelledby="certification">
      <h2 id="certification">Certification</h2>
      <CertificationBody {...props} />
    </section>
  )
}

function CertificationBody({ poll, certification, commands, clock }: CertificationPanelProps) {
  if (poll.state === 'closed') return <NotYet poll={poll} commands={commands} />
  switch (certification.at) {
    case 'loading':
      return <p className="panel-empty">Reading…</p>
    case 'failed':
      return (
        <p className="panel-empty" role="status">
          {poll.state === 'certified'
            ? 'The result is certified. The details cannot be had right now.'
            : 'How far it is cannot be had right now. It is asked for again by itself.'}
        </p>
      )
    case 'shown': {
      const { answer } = certification
      if (answer === null)
        return (
          <p className="panel-empty" role="status">
            It is counted for the last time. Nothing is known yet.
          </p>
        )
      return (
        <>
          {poll.state === 'certified' ? (
            <Certified answer={answer} />
          ) : (
            <Missing answer={answer} clock={clock} />
          )}
          <Figures answer={answer} />
        </>
      )
    }
    default:
      return certification satisfies never
  }
}

function NotYet({ poll, commands }: Pick<CertificationPanelProps, 'poll' | 'commands'>) {
  const [isAsking, ask] = useState(false)
  const isBusy = commands.underWay !== null
  return (
    <>
      <p className="panel-empty">
        A certified result is final: every vote that was accepted is accounted for, and signed.
      </p>
      <button type="button" className="button" aria-disabled={isBusy} onClick={() => !isBusy && ask(true)}>
        {commands.underWay === 'certify' ? 'Asking…' : 'Certify the result'}
      </button>
      {isAsking && (
        <ConfirmDialog
          title="Certify this result?"
          confirm="Certify the result"
          cancel="Not yet"
          tone="action"
          onConfirm={() => {
            ask(false)
            commands.certify()
          }}
          onCancel={() => ask(false)}
        >
          <p>
            It ends the voting in <q>{poll.question}</q> for good: the poll can never be opened again, and its
            rules can never be changed.
          </p>
          <p>The result is certified by itself once nothing is missing. Until then you see here what is.</p>
        </ConfirmDialog>
      )}
    </>
  )
}

/** The region stands from the start, so that what is told in it later is read out. */
function Missing({ answer, clock }: { answer: PollCertification } & Pick<CertificationPanelProps, 'clock'>) {
  const last = lastLook(answer, useNow(clock, 1_000))
  return (
    <div role="status">
      {last === null ? (
        <p className="certification-says mood-busy">
          {answer.missing.length === 0 ? 'Looking whether everything is there…' : 'Not certified yet:'}
        </p>
      ) : (
        <p className="certification-says mood-stuck">
          Nobody has looked {last === 'never' ? 'yet' : `since ${clockWithSeconds.format(Date.parse(last))}`}.
          Is the role <code className="code">certify</code> running, with{' '}
          <code className="code">SIGNING_KEY</code>?
        </p>
      )}
      {answer.missing.length > 0 && (
        <ul className="certification-missing">
          {answer.missing.map((what) => (
            <li key={what}>{what}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Certified({ answer: { certifiedAt, anchorNo } }: { answer: PollCertification }) {
  return (
    <p className="certification-says mood-calm">
      <span aria-hidden="true">✓ </span>Certified
      {anchorNo !== null && ` by anchor ${wholeNumber.format(anchorNo)}`}
      {certifiedAt !== null && (
        <span className="unit fact-here">
          <time dateTime={certifiedAt}>{exactTime(certifiedAt)}</time>
        </span>
      )}
    </p>
  )
}

function Figures({ answer: { askedAt, admitted, received } }: { answer: PollCertification }) {
  const said = (votes: number | null) => (votes === null ? 'not known yet' : wholeNumber.format(votes))
  return (
    <dl className="facts">
      <dt>Admitted</dt>
      <dd className="figure">{said(admitted)}</dd>
      <dt>In the ledger</dt>
      <dd className="figure">{said(received)}</dd>
      <dt>Asked for</dt>
      <dd>
        <time dateTime={askedAt}>{exactTime(askedAt)}</time>
      </dd>
    </dl>
  )
}
