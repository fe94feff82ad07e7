/** A small button that shows a sign and says a sentence. */

import type { ReactNode } from 'react'

interface IconButtonProps {
  readonly words: string
  /** Why it is off, where it is. */
  readonly why?: string | undefined
  readonly isOff: boolean
  readonly onPress: () => void
  readonly children: ReactNode
}

export function IconButton({ words, why, isOff, onPress, children }: IconButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      aria-label={words}
      title={why ?? words}
      disabled={isOff}
      onClick={onPress}
    >
      {children}
    </button>
  )
}
