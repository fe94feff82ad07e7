/** Every step of the check, with what it says and by what. */
import type { StepMark, StepView } from './receipt-view.ts'

interface CheckListParts {
  readonly steps: readonly StepView[]
  readonly isWaiting: boolean
}

export function CheckList({ steps, isWaiting }: CheckListParts) {
  return (
    <>
      <ol className="checks" aria-label="What was checked" aria-busy={isWaiting}>
        {steps.map(({ step, mark, says, by, keyId }) => (
          <li key={step} className="check" data-mark={mark}>
            <span className="check-mark" aria-hidden="true">
              <MarkShape mark={mark} />
            </span>
            <div>
              <p>
                <span className="unseen">{read[mark]}: </span>
                {says}
              </p>
              <p className="check-by">
                {by}
                {keyId !== null && (
                  <>
                    , key <code>{keyId}</code>
                  </>
                )}
              </p>
            </div>
          </li>
        ))}
      </ol>
      <p className="checks-foot">
        All of this is worked out on this device. The keys, and this page itself, are taken on trust: compare
        the names of the keys with those that the broadcaster has published.
      </p>
    </>
  )
}

const read: Record<StepMark, string> = {
  holds: 'Checked',
  fails: 'Failed',
  unknown: 'Cannot be judged',
  waits: 'Waiting',
  missing: 'Not available',
  unlooked: 'Not looked at',
}

function MarkShape({ mark }: { mark: StepMark }) {
  switch (mark) {
    case 'holds':
      return (
        <svg viewBox="0 0 24 24">
          <path d="m5.5 12.5 4.5 4.5L19 7" />
        </svg>
      )
    case 'fails':
      return (
        <svg viewBox="0 0 24 24">
          <path d="m6.5 6.5 11 11m0-11-11 11" />
        </svg>
      )
    case 'unknown':
      return (
        <svg viewBox="0 0 24 24">
          <path d="M8.5 9a3.5 3.5 0 1 1 5 3.2c-1 .5-1.5 1.1-1.5 2.3M12 18v.5" />
        </svg>
      )
    case 'waits':
      return (
        <svg viewBox="0 0 24 24">
          <path d="M12 6.5V12l3.5 2.5" />
        </svg>
      )
    case 'missing':
    case 'unlooked':
      return (
        <svg viewBox="0 0 24 24">
          <path d="M7 12h10" />
        </svg>
      )
    default:
      return mark satisfies never
  }
}
