/** Asks once more before something that cannot be taken back. */
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react'

interface ConfirmDialogParts {
  readonly title: string
  readonly children: ReactNode
  readonly confirm: string
  readonly cancel: string
  readonly tone: 'action' | 'danger'
  readonly onConfirm: () => void
  readonly onCancel: () => void
}

/** Lives as long as the question: the browser keeps the focus inside and gives it back afterwards. */
export function ConfirmDialog(parts: ConfirmDialogParts) {
  const { title, children, confirm, cancel, tone, onConfirm, onCancel } = parts
  const dialog = useRef<HTMLDialogElement>(null)
  const [titleId, bodyId] = [useId(), useId()]

  // Closed before it leaves the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])

  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      aria-describedby={bodyId}
      onCancel={(event) => {
        event.preventDefault()
        onCancel()
      }}
    >
      <h2 id={titleId}>{title}</h2>
      <div id={bodyId} className="dialog-body">
        {children}
      </div>
      <div className="dialog-buttons">
        {/* The way back has the focus: a hurried Enter destroys nothing. */}
        <button type="button" className="button" autoFocus onClick={onCancel}>
          {cancel}
        </button>
        <button type="button" className={`button button-${tone}`} onClick={onConfirm}>
          {confirm}
        </button>
      </div>
    </dialog>
  )
}
